//! Plots as SVG, each with the table that it is drawn from.

use maud::{Markup, html};

use crate::text::Language;

/// One point of a plot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    /// What it is of: a day.
    pub label: String,
    /// How high it stands, in minor units or pieces; what is below nothing stands at nothing.
    pub value: i64,
    /// The same for a reader.
    pub text: String,
    /// The same of the period that it is compared with.
    pub other: Option<(i64, String)>,
}

/// Points in order, with what they are.
pub(crate) struct Plot<'a> {
    /// What is drawn, as the table's caption has it.
    pub title: &'a str,
    /// What the labels are, such as "day".
    pub of: &'a str,
    /// The name of the period.
    pub name: &'a str,
    /// The name of the other one.
    pub other: Option<&'a str>,
    /// The points.
    pub points: Vec<Point>,
    /// The last row of the table: the sums of both.
    pub sums: (String, Option<String>),
}

/// The height of the drawing's own units.
const HIGH: i64 = 1000;

impl Plot<'_> {
    /// Bars for the period, a dashed line for the other one, so that both are told apart without colour.
    pub fn draw(&self, lang: Language) -> Markup {
        let others = self.points.iter().filter_map(|point| point.other.as_ref().map(|(value, _)| *value));
        let most = self.points.iter().map(|point| point.value).chain(others).max().unwrap_or(0).max(1);
        let wide = i64::try_from(self.points.len()).unwrap_or(1).max(1) * 10;
        let high = |value: i64| height(value, most);
        let line: Vec<String> = (0_i64..)
            .zip(&self.points)
            .filter_map(|(at, point)| {
                let (value, _) = point.other.as_ref()?;
                Some(format!("{},{}", at * 10 + 5, HIGH - high(*value)))
            })
            .collect();
        let peak = self.points.iter().max_by_key(|point| point.value);
        html! { figure.plot {
            div.axis {
                span { @if let Some(peak) = peak { (lang.say("au plus ", "at most ")) (peak.text) } }
                @if let Some(other) = self.other { span.row {
                    span.key { svg viewBox="0 0 20 10" aria-hidden="true" { rect x="0" y="0" width="20" height="10" {} } (self.name) }
                    span.key { svg viewBox="0 0 20 10" aria-hidden="true" { line.other x1="0" y1="5" x2="20" y2="5" {} } (other) }
                } }
            }
            svg viewBox=(format!("0 0 {wide} {HIGH}")) preserveAspectRatio="none" role="img" aria-label=(self.title) {
                @for (at, point) in (0_i64..).zip(&self.points) {
                    @let bar = high(point.value);
                    rect x=(at * 10 + 1) y=(HIGH - bar) width="8" height=(bar) { title { (point.label) "\u{a0}: " (point.text) } }
                }
                @if !line.is_empty() { polyline.other points=(line.join(" ")) {} }
            }
            div.axis aria-hidden="true" {
                span { (self.points.first().map_or("", |point| &point.label)) }
                span { (self.points.last().map_or("", |point| &point.label)) }
            }
            details {
                summary { (lang.say("Les chiffres en tableau", "The figures as a table")) }
                div.scroll tabindex="0" { table {
                    caption { (self.title) }
                    thead { tr { th scope="col" { (self.of) } th.num scope="col" { (self.name) } @if let Some(other) = self.other { th.num scope="col" { (other) } } } }
                    tbody { @for point in &self.points { tr {
                        th scope="row" { (point.label) }
                        td.num { (point.text) }
                        @if self.other.is_some() { td.num { @if let Some((_, text)) = &point.other { (text) } } }
                    } } }
                    tfoot { tr { th scope="row" { (lang.say("Total", "Total")) } td.num { (self.sums.0) } @if self.other.is_some() { td.num { @if let Some(sum) = &self.sums.1 { (sum) } } } } }
                } }
            }
        } }
    }
}

/// How high a value stands where `most` stands at the top: at least a hair where there is anything.
fn height(value: i64, most: i64) -> i64 {
    let exact = i128::from(value.max(0)) * i128::from(HIGH) / i128::from(most.max(1));
    let high = i64::try_from(exact).unwrap_or(HIGH);
    if value > 0 { high.max(4) } else { high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_as_high_as_the_table_says() {
        let values = [0_i64, 50, 100, 1, -5];
        let points = values.map(|value| Point {
            label: format!("d{value}"),
            value,
            text: value.to_string(),
            other: Some((value / 2, (value / 2).to_string())),
        });
        let plot = Plot {
            title: "t",
            of: "d",
            name: "a",
            other: Some("b"),
            points: points.to_vec(),
            sums: ("146".into(), Some("72".into())),
        };
        let drawn = plot.draw(Language::En).into_string();
        let heights: Vec<&str> =
            drawn.split(" width=\"8\" height=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(heights, ["0", "500", "1000", "10", "0"]);
        assert!(drawn.contains("<polyline class=\"other\" points=\"5,1000 15,750 25,500 35,1000 45,1000\""));
        assert_eq!(drawn.matches("<td class=\"num\">").count(), 12);
        assert_eq!(height(i64::MAX, i64::MAX), HIGH);
        assert_eq!(height(1, i64::MAX), 4);
    }
}
