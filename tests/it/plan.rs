//! The plan and what it stands on: settings, list, allocation, windows.

mod again;
mod allocate;
mod change;
mod command;
mod frame;
mod make;
mod settings;
mod support;
mod window;
