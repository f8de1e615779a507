//! The plan and what it stands on: settings, list, allocation, windows.

mod addresses;
mod again;
mod allocate;
mod calendar;
mod change;
mod clusters;
mod command;
mod contacts;
mod cost;
mod daily;
mod design;
mod engine;
mod events;
mod frame;
mod lists;
mod make;
mod measured;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod settings;
mod support;
mod waiting;
mod waves;
mod window;
