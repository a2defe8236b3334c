//! Finds which of many fragments occur in a text, in one pass over it.
//!
//! Pure. A text of noise is read at the speed of its bytes: each position is looked up by its
//! first four bytes, and almost none is in the table.

use std::collections::BTreeMap;

/// A fragment's place in the list, its text and its meaning.
type Fragment<T> = (usize, Vec<u8>, T);

/// Fragments by their first four bytes.
pub(crate) struct Finder<T> {
    by_start: BTreeMap<[u8; 4], Vec<Fragment<T>>>,
    /// One bit for each value of a 16-bit hash that some fragment begins with.
    filter: Vec<u64>,
}

/// One fragment found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit<T> {
    /// Its place in the list of fragments.
    pub(crate) rank: usize,
    /// Where it begins.
    pub(crate) start: usize,
    /// Where the text after it begins.
    pub(crate) end: usize,
    /// What it means.
    pub(crate) value: T,
}

impl<T: Copy> Finder<T> {
    /// A finder for fragments of at least four bytes; shorter ones are never found.
    pub(crate) fn new<'a>(fragments: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let mut finder = Self {
            by_start: BTreeMap::new(),
            filter: vec![0; 1024],
        };
        for (rank, (text, value)) in fragments.into_iter().enumerate() {
            let Some(start) = text.as_bytes().first_chunk() else {
                continue;
            };
            let (word, bit) = place(*start);
            if let Some(bits) = finder.filter.get_mut(word) {
                *bits |= 1 << bit;
            }
            finder.by_start.entry(*start).or_default().push((
                rank,
                text.as_bytes().to_vec(),
                value,
            ));
        }
        finder
    }

    /// Every fragment in the text, by its place in the list; a repeated one counts once.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Hit<T>> {
        let mut hits: Vec<Hit<T>> = Vec::new();
        self.each(text, |hit| {
            if !hits.iter().any(|one| one.rank == hit.rank) {
                hits.push(hit);
            }
        });
        hits.sort_unstable_by_key(|hit| hit.rank);
        hits
    }

    /// Tells every place where a fragment stands, from left to right.
    pub(crate) fn each(&self, text: &[u8], mut tell: impl FnMut(Hit<T>)) {
        for (at, window) in text.windows(4).enumerate() {
            let Some(start) = window.first_chunk() else {
                continue;
            };
            let (word, bit) = place(*start);
            if self
                .filter
                .get(word)
                .is_none_or(|bits| bits >> bit & 1 == 0)
            {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            for (rank, fragment, value) in self.by_start.get(start).into_iter().flatten() {
                if rest.starts_with(fragment.as_slice()) {
                    tell(Hit {
                        rank: *rank,
                        start: at,
                        end: at.saturating_add(fragment.len()),
                        value: *value,
                    });
                }
            }
        }
    }
}

/// The word and the bit of four bytes in the filter.
fn place(start: [u8; 4]) -> (usize, u32) {
    let hash = u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1) >> 16;
    (usize::try_from(hash >> 6).unwrap_or(0), hash & 63)
}

#[cfg(test)]
mod tests {
    use super::Finder;

    fn find(text: &str) -> Vec<(usize, usize)> {
        Finder::new([("Credentials ready", 'a'), ("ready to", 'b'), ("read", 'c')])
            .find(text.as_bytes())
            .iter()
            .map(|hit| (hit.rank, hit.end))
            .collect()
    }

    #[test]
    fn every_fragment_is_found_where_it_stands_also_when_they_overlap() {
        assert_eq!(
            find("x Credentials ready to go"),
            [(0, 19), (1, 22), (2, 18)]
        );
        assert_eq!(find("read read"), [(2, 4)]);
        assert_eq!(find(""), []);
        assert_eq!(find("rea"), []);
        assert_eq!(find("Credentials read"), [(2, 16)]);
    }

    proptest::proptest! {
        #[test]
        fn it_agrees_with_a_plain_search(text in "(Credentials |ready|read| to|r|e){0,12}") {
            let hits: Vec<usize> = find(&text).iter().map(|hit| hit.0).collect();
            let plain: Vec<usize> = ["Credentials ready", "ready to", "read"]
                .iter()
                .enumerate()
                .filter(|(_, fragment)| text.contains(**fragment))
                .map(|(rank, _)| rank)
                .collect();
            proptest::prop_assert_eq!(hits, plain);
        }
    }
}
