//! An XML answer as a tree, for the few that are read beyond their code and message.
//!
//! Pure and bounded; local names only, attributes dropped.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// Most elements that are taken; a whole simulation has a few thousand.
const ELEMENT_LIMIT: usize = 100_000;
/// Deepest nesting that is taken.
const DEPTH_LIMIT: usize = 32;

/// One element.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The root of a document; `None` = not well-formed, too large, or cut.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        let mut elements = 0;
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    elements += 1;
                    if elements > ELEMENT_LIMIT || open.len() >= DEPTH_LIMIT {
                        return None;
                    }
                    open.push(Self::named(start.local_name().as_ref()));
                }
                Event::Empty(empty) => {
                    let child = Self::named(empty.local_name().as_ref());
                    open.last_mut()?.children.push(child);
                }
                Event::End(_) => {
                    let mut done = open.pop()?;
                    let text = done.text.trim().to_owned();
                    done.text = text;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Some(done),
                    }
                }
                Event::Text(text) => Self::add(&mut open, &text),
                Event::CData(text) => Self::add(&mut open, &text),
                Event::GeneralRef(entity) => {
                    let text = match entity.resolve_char_ref() {
                        Ok(Some(letter)) => letter.to_string(),
                        _ => resolve_predefined_entity(&entity)
                            .unwrap_or_default()
                            .to_owned(),
                    };
                    Self::add(&mut open, &text);
                }
                Event::Eof => return None,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }

    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    fn add(open: &mut [Self], text: &str) {
        if let Some(last) = open.last_mut() {
            last.text.push_str(text);
        }
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of this name, alone.
    pub(super) fn into_child(self, name: &str) -> Option<Self> {
        self.children.into_iter().find(|child| child.name == name)
    }

    /// The first child's text.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// This element's own text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The members of a list.
    pub(super) fn members(&self, list: &str) -> impl Iterator<Item = &Self> {
        self.child(list)
            .into_iter()
            .flat_map(|list| &list.children)
            .filter(|child| child.name == "member")
    }
}

#[cfg(test)]
mod tests {
    use super::Element;

    #[test]
    fn lists_texts_and_entities_are_read() {
        let text = "<?xml version='1.0'?><A xmlns='x'><L><member>a &amp; b</member><member/></L>\
                    <T> t </T></A>";
        let root = Element::parse(text).unwrap();
        assert_eq!(root.text_of("T"), Some("t"));
        let members: Vec<&str> = root.members("L").map(Element::text).collect();
        assert_eq!(members, ["a & b", ""]);
    }

    #[test]
    fn what_is_cut_or_too_deep_is_nothing() {
        assert!(Element::parse("<A><B>").is_none());
        assert!(Element::parse(&"<a>".repeat(100)).is_none());
        assert!(Element::parse("").is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[<>/a-c &;!\\[\\]?-]{0,80}") {
            let _parsed = Element::parse(&text).is_some();
        }
    }
}
