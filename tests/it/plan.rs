//! The plan and what it stands on: settings, list, allocation, windows.

mod settings;
mod window;
