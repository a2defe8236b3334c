//! How a text report looks: colour and width, decided by the caller.

use anstyle::{AnsiColor, Style as Ansi};

/// How a text report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour. Colour only repeats what words say.
    pub colour: bool,
    /// The width to wrap for, in columns. Texts to paste are not wrapped.
    pub width: usize,
}

impl Style {
    /// Plain, for 80 columns.
    pub const PLAIN: Self = Self {
        colour: false,
        width: 80,
    };

    pub(super) fn paint(self, tone: Tone, text: &str) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let ansi = match tone {
            Tone::Good => Ansi::new().fg_color(Some(AnsiColor::Green.into())).bold(),
            Tone::Bad => Ansi::new().fg_color(Some(AnsiColor::Red.into())).bold(),
            Tone::Doubt => Ansi::new().fg_color(Some(AnsiColor::Yellow.into())).bold(),
            Tone::Label => Ansi::new().bold(),
            Tone::Paste => Ansi::new().fg_color(Some(AnsiColor::Cyan.into())),
            Tone::Quiet => Ansi::new().dimmed(),
        };
        format!("{ansi}{text}{ansi:#}")
    }
}

/// What a piece of text stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    Good,
    Bad,
    Doubt,
    Label,
    Paste,
    Quiet,
}
