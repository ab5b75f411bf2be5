// Steps over the bytes of a page. Every pointer walked here points into a `Buffer`, whose page ends with a
// line break of our own and 64 zero bytes, so that no step and no 16-byte load leaves it.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#if defined(__SSE2__) && !defined(EMBERLINE_SCALAR)
#include <emmintrin.h>
#endif

namespace emberline::exposition {

inline constexpr std::size_t padding = 64;

class Buffer {
public:
    explicit Buffer(std::string_view page)
        : bytes_(std::make_unique_for_overwrite<char[]>(page.size() + padding)), end_(bytes_.get() + page.size()) {
        char* at = bytes_.get();
        char seen = 0;
// One pass over the page instead of two; unrolled it keeps up with memcpy.
#pragma GCC unroll 4
        for (const char c : page) {
            seen |= c;
            *at++ = c;
        }
        ascii_ = (seen & 0x80) == 0;
        std::fill_n(at, padding, '\0');
        *at = '\n';
    }
    const char* begin() const { return bytes_.get(); }
    // The line break behind the page.
    const char* end() const { return end_; }
    // Whether no byte of the page is beyond ASCII, so that nothing in it can be ill-formed.
    bool ascii() const { return ascii_; }

private:
    std::unique_ptr<char[]> bytes_;
    const char* end_;
    bool ascii_ = true;
};

enum Class : std::uint8_t { letter = 1, colon = 2, digit = 4, blank = 8, line_break = 16 };

inline constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = letter;
    for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = letter;
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = digit;
    table['_'] = letter;
    table[':'] = colon;
    table[' '] = table['\t'] = blank;
    table['\n'] = line_break;
    return table;
}();

inline bool is(char c, unsigned mask) { return (classes[static_cast<unsigned char>(c)] & mask) != 0; }

inline const char* skip(const char* at, unsigned mask) {
    while (is(*at, mask)) ++at;
    return at;
}

inline const char* skip_blanks(const char* at) { return skip(at, blank); }

#if defined(__SSE2__) && !defined(EMBERLINE_SCALAR)

inline __m128i load(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

inline unsigned equal_mask(__m128i block, char c) {
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c))));
}

// The first of the given bytes; the line break behind the page must be among them.
template <char... stops>
inline const char* find(const char* at) {
    for (;; at += 16) {
        const __m128i block = load(at);
        if (const unsigned hits = (equal_mask(block, stops) | ...)) return at + std::countr_zero(hits);
    }
}

// How many bytes two places have in common, counted up to `most`. There must be no line break among that many bytes
// on the left: so the walk on the right stops at one.
inline std::size_t common(const char* left, const char* right, std::size_t most) {
    for (std::size_t at = 0; at < most; at += 16) {
        const __m128i same = _mm_cmpeq_epi8(load(left + at), load(right + at));
        const unsigned differs = static_cast<unsigned>(_mm_movemask_epi8(same)) ^ 0xFFFFu;
        if (differs != 0) return std::min(most, at + static_cast<std::size_t>(std::countr_zero(differs)));
    }
    return most;
}

#else

template <char... stops>
inline const char* find(const char* at) {
    while (((*at != stops) && ...)) ++at;
    return at;
}

inline std::size_t common(const char* left, const char* right, std::size_t most) {
    std::size_t at = 0;
    while (at < most && left[at] == right[at]) ++at;
    return at;
}

#endif

inline const char* line_end(const char* at) { return find<'\n'>(at); }

}  // namespace emberline::exposition
