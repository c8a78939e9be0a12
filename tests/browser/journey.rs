//! The whole way of a product on a phone: a farmer registers and tells of it, an officer approves, a lot is made, the
//! diary kept, labels printed, and a buyer scans one. Once with scripts and once without.
//!
//! Every page on the way is looked over (`Person::looks`); what is wrong with them is told together at the end.

use std::path::PathBuf;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, Rgb, RgbImage};
use sanvat::accounts::model::Role;

use crate::cdp::{Browser, Fault, Result};
use crate::label_sheet;
use crate::person::Person;
use crate::support::{PASSWORD, TestApp, on_sqlite};

const PRODUCER: &str = "Vườn ổi Bến Sậy (mẫu)";
const PRODUCT: &str = "Ổi lê Bến Sậy";
const VILLAGE: &str = "Đông";

#[tokio::test]
async fn journey_from_registering_to_the_scanned_label() {
    on_sqlite(async |app| walk(&app, true).await).await;
}

#[tokio::test]
async fn journey_without_scripts() {
    on_sqlite(async |app| walk(&app, false).await).await;
}

async fn walk(app: &TestApp, scripts: bool) {
    let name = if scripts { "journey" } else { "journey without scripts" };
    let walked = async {
        let Some(browser) = Browser::start(name).await? else { return Ok(Vec::new()) };
        let journey = Journey::prepare(app, &browser, scripts).await?;
        journey.walk().await
    };
    let result: Result<Vec<String>> = walked.await;
    let faults = result.unwrap_or_else(|fault| panic!("{name} ended early: {fault}"));
    assert!(faults.is_empty(), "{name} found {} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Everybody who takes part.
struct Journey {
    app: TestApp,
    farmer: Person,
    officer: Person,
    buyer: Person,
    village: String,
    photo: PathBuf,
    _folder: tempfile::TempDir,
}

impl Journey {
    async fn prepare(app: &TestApp, browser: &Browser, scripts: bool) -> Result<Self> {
        let village = app.village(VILLAGE).await.to_string();
        let folder = tempfile::tempdir()?;
        let photo = folder.path().join("vườn ổi.jpg");
        std::fs::write(&photo, garden())?;
        Ok(Self {
            app: app.clone(),
            farmer: Person::arrives(browser, app, "farmer", scripts).await?,
            officer: Person::arrives(browser, app, "officer", scripts).await?,
            buyer: Person::arrives(browser, app, "buyer", scripts).await?,
            village,
            photo,
            _folder: folder,
        })
    }

    async fn walk(self) -> Result<Vec<String>> {
        let ended = async {
            self.registers().await?;
            self.tells_of_the_producer().await?;
            let product = self.tells_of_a_product().await?;
            self.officer_approves().await?;
            let lot = self.makes_a_lot(&product).await?;
            self.keeps_the_diary(&lot).await?;
            let sheet = self.prints_labels(&lot).await?;
            self.buyer_scans(&sheet, &lot).await?;
            self.buyer_finds_it_in_the_market().await
        }
        .await;
        let people = [self.farmer, self.officer, self.buyer];
        let faults: Vec<String> = people.into_iter().flat_map(Person::leaves).collect();
        match ended {
            Ok(()) => Ok(faults),
            Err(Fault::Page(why)) => Err(Fault::Page(format!("{why}\nFaults until then:\n{}", faults.join("\n")))),
            Err(other) => Err(other),
        }
    }

    async fn registers(&self) -> Result<()> {
        let farmer = &self.farmer;
        farmer.opens("/dang-ky").await?;
        farmer.looks("register").await?;
        farmer.answers("name", "Nguyễn Thị Mẫu").await?;
        farmer.answers("phone", "0912 345 678").await?;
        farmer.answers("password", PASSWORD).await?;
        farmer.sends().await
    }

    /// Each step is answered when its page comes, in whatever order the pages come.
    async fn tells_of_the_producer(&self) -> Result<()> {
        let farmer = &self.farmer;
        farmer.opens("/cua-toi").await?;
        farmer.looks("home-empty").await?;
        farmer.follows("/cua-toi/co-so/moi").await?;
        for _ in 0..12 {
            let step = farmer.step().await?;
            farmer.looks(&format!("producer-{step}")).await?;
            match step.as_str() {
                "moi" | "loai" => farmer.answers("kind", "household").await?,
                "noi" => {
                    farmer.answers("name", PRODUCER).await?;
                    farmer.answers("village", &self.village).await?;
                    farmer.answers("address", "Xóm 2, ngõ vào bến Sậy").await?;
                    farmer.answers("address_seen", "all").await?;
                }
                "lien-he" => {
                    farmer.answers("representative", "Nguyễn Thị Mẫu").await?;
                    farmer.answers("representative_seen", "office").await?;
                    farmer.answers("phone", "0912345678").await?;
                    farmer.answers("phone_seen", "all").await?;
                }
                "thue" => farmer.answers("tax_answer", "unknown").await?,
                "gioi-thieu" => farmer.answers("story", "Vườn ổi trồng từ năm 2004, hái tay mỗi sáng sớm.").await?,
                "anh" => farmer.photographs("picture", &self.photo).await?,
                "tem" => farmer.answers("labels", "all").await?,
                _ => break,
            }
            farmer.sends().await?;
        }
        if farmer.step().await? != "xem-lai" {
            farmer.looks("producer-tasks").await?;
            farmer.taps("main a.btn[href$='/xem-lai']").await?;
        }
        farmer.looks("producer-check").await?;
        farmer.expects(PRODUCER).await?;
        farmer.expects("Vườn ổi trồng từ năm 2004").await?;
        farmer.sends().await?;
        farmer.looks("producer-sent").await
    }

    /// Returns the address part of the product.
    async fn tells_of_a_product(&self) -> Result<String> {
        let farmer = &self.farmer;
        farmer.opens("/cua-toi").await?;
        farmer.looks("home-waiting").await?;
        farmer.follows("/cua-toi/san-pham/moi").await?;
        for _ in 0..14 {
            let step = farmer.step().await?;
            farmer.looks(&format!("product-{step}")).await?;
            match step.as_str() {
                "moi" | "ten" => {
                    farmer.answers("name", PRODUCT).await?;
                    farmer.answers("category", "food-fresh-produce").await?;
                    farmer.answers("name_en", "Ben Say pear guava").await?;
                }
                "anh" if !farmer.sees("main .photos img").await? => farmer.photographs("photos", &self.photo).await?,
                "anh" => {
                    farmer.presses("main button[name=lam][value=tiep]").await?;
                    continue;
                }
                "mo-ta" => {
                    farmer.answers("description", "Ổi giòn, ít hạt, hái trong ngày.").await?;
                    farmer.answers("warnings", "Rửa sạch trước khi ăn.").await?;
                    farmer.answers("description_en", "Crisp guava with few seeds, picked the same day.").await?;
                }
                "gia" => {
                    farmer.answers("price_kind", "exact").await?;
                    farmer.answers("price", "25.000").await?;
                    farmer.answers("unit", "kg").await?;
                    farmer.answers("net_quantity", "túi 2 kg").await?;
                }
                "mua-vu" => {
                    farmer.answers("season_kind", "months").await?;
                    for month in ["5", "6", "7", "8"] {
                        farmer.answers("season", month).await?;
                    }
                    farmer.answers("season_peak", "6").await?;
                    farmer.answers("availability", "in_stock").await?;
                    farmer.answers("shelf_life_days", "7").await?;
                    farmer.answers("storage", "Để nơi mát").await?;
                }
                "nguon-goc" => farmer.answers("origin", "Thôn Đông, xã Hà Bắc").await?,
                "giay-to" => {
                    farmer.taps("main a.btn:not(.alt)").await?;
                    continue;
                }
                "noi-ban" => {
                    farmer.answers("name_0", "Chợ phiên Hà Bắc").await?;
                    farmer.answers("note_0", "Sáng thứ bảy").await?;
                }
                _ => break,
            }
            farmer.sends().await?;
        }
        if farmer.step().await? != "xem-lai" {
            farmer.looks("product-tasks").await?;
            farmer.taps("main a[href$='/xem-lai']").await?;
        }
        farmer.looks("product-check").await?;
        farmer.expects(PRODUCT).await?;
        farmer.expects("25.000").await?;
        farmer.sends().await?;
        farmer.looks("product-sent").await?;
        let path = farmer.path().await?;
        let short = path.split(['/', '?']).nth(3).unwrap_or_default().to_owned();
        Ok(short)
    }

    async fn officer_approves(&self) -> Result<()> {
        let officer = &self.officer;
        let user = self.app.person("Cán bộ mẫu").await;
        self.app.grant(user, Role::Officer, None, None).await;
        officer.opens(&self.app.slip(user).await).await?;
        officer.looks("slip").await?;
        officer.taps("main form[method=post] button").await?;
        officer.opens("/van-phong").await?;
        officer.looks("queue").await?;
        for what in [PRODUCER, PRODUCT] {
            officer.opens("/van-phong").await?;
            officer.expects(what).await?;
            officer.taps("ol.queue a[href]").await?;
            officer.looks("review").await?;
            officer.expects(what).await?;
            officer.presses("button[name=quyet][value=duyet]").await?;
        }
        officer.looks("queue-done").await?;
        self.farmer.opens("/cua-toi").await?;
        self.farmer.looks("home-approved").await
    }

    /// Returns the lot's code.
    async fn makes_a_lot(&self, product: &str) -> Result<String> {
        let farmer = &self.farmer;
        farmer.opens("/cua-toi").await?;
        farmer.follows("/cua-toi/lo").await?;
        farmer.looks("lots-empty").await?;
        farmer.follows("/cua-toi/lo/moi").await?;
        if farmer.sees(&format!("main a[href*='san-pham={product}']")).await? {
            farmer.looks("lot-which-product").await?;
            farmer.taps(&format!("main a[href*='san-pham={product}']")).await?;
        }
        farmer.looks("lot-new").await?;
        farmer.answers("quantity", "120,5").await?;
        farmer.answers("uom", "KGM").await?;
        farmer.answers("place_name", "Thửa bãi bến Sậy").await?;
        farmer.sends().await?;
        farmer.looks("lot-made").await?;
        farmer.expects("120,5").await?;
        farmer.step().await
    }

    async fn keeps_the_diary(&self, lot: &str) -> Result<()> {
        let farmer = &self.farmer;
        farmer.opens("/cua-toi/nhat-ky").await?;
        farmer.looks("diary-lots").await?;
        farmer.follows(&format!("/cua-toi/lo/{lot}/ghi")).await?;
        farmer.looks("diary-pads").await?;
        for key in ["fresh.harvest", "fresh.cool", "fresh.pack"] {
            farmer.opens(&format!("/cua-toi/lo/{lot}/ghi")).await?;
            farmer.taps(&format!("main a[href$='viec={key}']")).await?;
            farmer.looks(&format!("diary-{key}")).await?;
            if key == "fresh.cool" {
                farmer.answers("temperature", "12,5").await?;
            } else {
                farmer.answers("quantity", "120,5").await?;
            }
            if key == "fresh.harvest" {
                farmer.photographs("anh", &self.photo).await?;
                farmer.answers("note", "Hái tay, chọn quả vừa chín.").await?;
            }
            farmer.sends().await?;
        }
        farmer.looks("diary-kept").await
    }

    /// Returns the sheet, as PDF.
    async fn prints_labels(&self, lot: &str) -> Result<Vec<u8>> {
        let farmer = &self.farmer;
        farmer.opens(&format!("/cua-toi/lo/{lot}")).await?;
        farmer.looks("lot-with-way").await?;
        farmer.follows("/cua-toi/tem/moi").await?;
        farmer.looks("labels-order").await?;
        farmer.answers("loai", "serial").await?;
        farmer.answers("so-tem", "24").await?;
        farmer.sends().await?;
        farmer.looks("labels-run").await?;
        for paper in ["a4-65", "a4-24"] {
            farmer.answers("mau", paper).await?;
            farmer.sees_at_once(&format!("#mot-tem img[src*='mau={paper}']")).await?;
        }
        farmer.sends().await?;
        farmer.looks("labels-printed").await?;
        let sheet = farmer.attribute("#da-in a.btn", "href").await?;
        let address = format!("{}{sheet}", self.app.url());
        let request = reqwest::Client::new().get(address).header("cookie", farmer.cookies().await?);
        let odd = |error: reqwest::Error| Fault::Page(format!("the sheet can't be downloaded: {error}"));
        let answer = request.send().await.map_err(odd)?.error_for_status().map_err(odd)?;
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        Ok(answer.bytes().await.map_err(odd)?.to_vec())
    }

    async fn buyer_scans(&self, sheet: &[u8], lot: &str) -> Result<()> {
        let [first, last] = [0, 23].map(|place| label_sheet::read_label(sheet, "a4-24", place));
        let (first, last) = (first.map_err(Fault::Page)?, last.map_err(Fault::Page)?);
        assert_ne!(first, last, "each piece has a code of its own");
        let start = format!("{}/T/", self.app.url().to_uppercase());
        assert!(last.starts_with(&start), "the QR holds {last}, expected {start}…");
        assert_eq!(last, last.to_uppercase(), "upper case makes a smaller symbol");

        let buyer = &self.buyer;
        buyer.opens(&last).await?;
        buyer.looks("scan").await?;
        for words in [PRODUCT, PRODUCER, VILLAGE, lot, "120,5", "12,5", "Hái tay, chọn quả vừa chín.", "24"] {
            buyer.expects(words).await?;
        }
        for picture in ["main .tem img", "main .way img"] {
            if !buyer.sees(picture).await? {
                return Err(Fault::Page(format!("the scanned page shows no {picture}")));
            }
        }
        buyer.taps("a.lang").await?;
        buyer.looks("scan-english").await?;
        for words in ["harvest", "Ben Say pear guava", PRODUCER, "pack"] {
            buyer.expects(words).await?;
        }
        buyer.taps("a.lang").await?;
        buyer.opens(&first).await?;
        buyer.expects(PRODUCT).await?;

        buyer.answers("sao", "5").await?;
        buyer.presses("main form[action$='/danh-gia'] button").await?;
        buyer.looks("scan-rated").await?;
        buyer.opens("/t/22222222222").await?;
        buyer.looks("scan-unknown").await
    }

    async fn buyer_finds_it_in_the_market(&self) -> Result<()> {
        let buyer = &self.buyer;
        for (name, path) in [
            ("home", "/"),
            ("catalogue", "/san-pham"),
            ("about", "/gioi-thieu"),
            ("privacy", "/quyen-rieng-tu"),
            ("help", "/tro-giup"),
            ("contact", "/lien-he"),
        ] {
            buyer.opens(path).await?;
            buyer.looks(name).await?;
        }
        buyer.opens("/san-pham?q=oi%20le").await?;
        buyer.expects(PRODUCT).await?;
        buyer.follows("/san-pham/").await?;
        buyer.looks("product").await?;
        buyer.expects(PRODUCT).await?;
        buyer.expects("25.000").await?;
        buyer.follows("/co-so/").await?;
        buyer.looks("producer").await?;
        buyer.expects(PRODUCER).await
    }
}

/// A photo as a phone takes it: a JPEG with too many pixels, sky over leaves with fruits.
fn garden() -> Vec<u8> {
    let (width, height) = (1800_u32, 1350_u32);
    let photo = RgbImage::from_fn(width, height, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_shr(7) % 24;
        let grain = grain as u8;
        let (dx, dy) = (x % 300, y % 270);
        if y < height / 3 {
            return Rgb([150 + grain, 190 + grain, 220 + grain]);
        }
        if dx.abs_diff(150).pow(2) + dy.abs_diff(135).pow(2) < 62 * 62 {
            return Rgb([170 + grain, 205 + grain, 90 + grain]);
        }
        Rgb([30 + grain, 90 + grain, 45 + grain])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 85)
        .write_image(photo.as_raw(), width, height, image::ExtendedColorType::Rgb8)
        .expect("a JPEG is written");
    bytes
}
