//! Forms: the pure logic, the pages, the server over real HTTP, and a real browser.

mod browser;
mod commands;
mod http;
mod logic;
mod pages;
mod parse;
mod quotas;
mod refuse;
mod segments;
mod site;
mod versions;
mod words;
