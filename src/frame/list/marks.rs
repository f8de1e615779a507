//! Where separators and quotes stand, 64 bytes at a time: one bit a byte.

/// Bytes that are looked at together.
pub const WIDTH: usize = 64;

/// Returns a bit for every byte that is one of those; loops without branches, so that compilers use wide registers.
#[inline]
fn bits(chunk: &[u8; WIDTH], is: impl Fn(u8) -> bool) -> u64 {
    let mut ones = [0_u8; WIDTH];
    for (one, byte) in ones.iter_mut().zip(chunk) {
        *one = u8::from(is(*byte));
    }
    let mut all = 0;
    for (i, word) in ones.as_chunks::<8>().0.iter().enumerate() {
        // The product gathers the lowest bits of the eight bytes in its highest byte.
        let eight = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        all |= eight << (8 * i);
    }
    all
}

/// Returns 64 bytes from there on, zeros behind the end.
#[inline]
pub fn chunk(bytes: &[u8], at: usize) -> [u8; WIDTH] {
    if let Some(chunk) = bytes[at..].first_chunk() {
        return *chunk;
    }
    let mut padded = [0; WIDTH];
    padded[..bytes.len() - at].copy_from_slice(&bytes[at..]);
    padded
}

/// Returns where the separators of 64 bytes stand: the delimiter and line feeds.
#[inline]
pub fn separators(chunk: &[u8; WIDTH], delimiter: u8) -> u64 {
    bits(chunk, |b| b == delimiter || b == b'\n')
}

/// Writes down the places of bits, counted from a base on; returns how many there are. What stands behind is of no use.
#[inline]
pub fn places(out: &mut [u32; WIDTH], base: u32, mut bits: u64) -> usize {
    let count = bits.count_ones() as usize;
    // Eight at a time: how many follow can't be foreseen, that they are more than eight can.
    for eight in out.as_chunks_mut::<8>().0 {
        for one in eight {
            *one = base.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
        if bits == 0 {
            break;
        }
    }
    count
}

/// What has to be remembered of the bytes before.
pub struct Quotes {
    delimiter: u8,
    /// All ones between quotes.
    inside: u64,
    separator: u64,
    quote: u64,
    closing: u64,
    carriage: u64,
}

/// What 64 bytes hold.
pub struct Marks {
    /// Delimiters and line feeds, those between quotes too.
    pub separators: u64,
    /// Line feeds.
    pub feeds: u64,
    /// Bytes between quotes, the opening quote with them.
    pub inside: u64,
    /// A quote stands where none opens or closes: bits can't tell what it means.
    pub odd: bool,
    /// Cells don't lie in the text as they are: two quotes for one, text behind a closing quote, a bare carriage return.
    pub rewritten: bool,
}

impl Quotes {
    /// Starts at the start of a row.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, inside: 0, separator: 1, quote: 0, closing: 0, carriage: 0 }
    }

    /// Looks at the next 64 bytes.
    pub fn next(&mut self, chunk: &[u8; WIDTH]) -> Marks {
        let delimiter = self.delimiter;
        let separators = separators(chunk, delimiter);
        let feeds = bits(chunk, |b| b == b'\n');
        let quote = bits(chunk, |b| b == b'"');
        let carriage = bits(chunk, |b| b == b'\r');
        let mut inside = quote;
        for shift in [1, 2, 4, 8, 16, 32] {
            inside ^= inside << shift;
        }
        inside ^= self.inside;
        let (opening, closing) = (quote & inside, quote & !inside);
        let outside = separators & !inside;
        let after = |bits: u64, before: u64| bits << 1 | before;
        let after_quote = after(quote, self.quote);
        let odd = opening & !(after(outside, self.separator) | after_quote);
        let tail = after(closing, self.closing) & !(separators | quote | carriage);
        let bare = after(carriage & !inside, self.carriage) & !feeds;
        let rewritten = opening & after_quote | tail | bare;
        self.inside = if inside >> 63 == 1 { u64::MAX } else { 0 };
        self.separator = outside >> 63;
        self.quote = quote >> 63;
        self.closing = closing >> 63;
        self.carriage = (carriage & !inside) >> 63;
        Marks { separators, feeds, inside, odd: odd != 0, rewritten: rewritten != 0 }
    }

    /// Tells whether the text may end here: no quote is open, and no carriage return is bare.
    pub fn closed(&self) -> bool {
        self.inside == 0 && self.carriage == 0
    }
}
