//! `/dang-nhap`, `/dang-ky`, `/dang-xuat`, `/tai-khoan`, `/vao`.

mod login;
mod register;
mod sessions;
mod slips;
