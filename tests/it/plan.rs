//! The plan and what it stands on: settings, list, allocation, windows.

mod frame;
mod settings;
mod support;
mod window;
