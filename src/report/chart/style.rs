//! Colours, fonts and sizes that all charts share.

use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use kuva::render::theme::Theme;

/// Fonts in order of preference; Chinese ones of every common system among them.
pub const FONTS: &str = "Inter, 'Helvetica Neue', Arial, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

/// Main colour.
pub const BLUE: &str = "#1f6f8b";

/// Colour of what stands back.
pub const GREY: &str = "#9fb3bd";

/// Colour of what needs attention.
pub const RED: &str = "#c4553d";

/// Width of all charts, in pixels.
pub const WIDTH: f64 = 760.0;

/// Five steps from bad to good, told apart by brightness as well as by hue.
pub const STEPS: [&str; 5] = ["#b5452f", "#e39a7b", "#d9dde0", "#8dbcca", "#1f6f8b"];

/// Returns a colour for step `i` of `n`, from bad to good.
pub fn step(i: usize, n: usize) -> &'static str {
    let last = STEPS.len() - 1;
    if n < 2 {
        return STEPS[last];
    }
    let place = (i * last * 2 + (n - 1)) / ((n - 1) * 2);
    STEPS[place.min(last)]
}

/// Light and quiet: no frame, pale lines.
pub fn theme() -> Theme {
    Theme {
        axis_color: "#c5cfd4".to_owned(),
        grid_color: "#e6ebee".to_owned(),
        tick_color: "#5b6b73".to_owned(),
        text_color: "#22313a".to_owned(),
        legend_border: "#ffffff".to_owned(),
        font_family: Some(FONTS.to_owned()),
        ..Theme::light()
    }
}

/// Prepares the page of a chart.
pub fn layout(plots: &[Plot], height: f64) -> Layout {
    Layout::auto_from_plots(plots)
        .with_width(WIDTH)
        .with_height(height)
        .with_theme(theme())
        .with_font_family(FONTS)
        .with_tick_size(13)
        .with_label_size(13)
        .with_body_size(13)
        .with_legend_box(false)
}

/// Draws a chart that any page may take in: it scales, and its ids are its own.
pub fn svg(name: &str, plots: Vec<Plot>, layout: Layout) -> String {
    scalable(&own_ids(&kuva::render_to_svg(plots, layout), name))
}

/// Kuva numbers its clips over the life of the process; the same chart must give the same bytes.
fn own_ids(svg: &str, name: &str) -> String {
    const MARK: &str = "kuva-clip-";
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(svg.len());
    let mut parts = svg.split(MARK);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let place = seen.iter().position(|s| *s == number).unwrap_or_else(|| {
            seen.push(number);
            seen.len() - 1
        });
        out.push_str(&[name, "-clip-", &place.to_string(), rest].concat());
    }
    out
}

/// Adds the view box without which a browser crops instead of scaling.
fn scalable(svg: &str) -> String {
    let size = |name: &str| {
        let from = svg.find(name)? + name.len();
        svg[from..].split('"').next().map(str::to_owned)
    };
    match (size("width=\""), size("height=\"")) {
        (Some(w), Some(h)) => {
            svg.replacen("<svg ", &format!("<svg viewBox=\"0 0 {w} {h}\" role=\"img\" "), 1)
        }
        _ => svg.to_owned(),
    }
}

/// Labels something by its title, else by its name.
pub fn named(title: &str, name: &str) -> String {
    label(if title.is_empty() { name } else { title }, 28)
}

/// Makes a label safe: kuva reads `$…$` as mathematics. Long ones are cut.
pub fn label(text: &str, longest: usize) -> String {
    let text = text.replace('$', "＄");
    if text.chars().count() <= longest {
        return text;
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}
