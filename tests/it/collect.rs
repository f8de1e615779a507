//! Forms: the pure logic, the pages, the server, and a real browser.

mod logic;
mod made;
