#include "utf8.hpp"

#include <cstdint>

namespace emberline::exposition {

namespace {

// Length of the character that starts here; 0 where it is ill-formed.
std::size_t character(std::string_view text) {
    const auto byte = [text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const auto tail = [&](std::size_t from, std::size_t size) {
        if (text.size() < size) return std::size_t{0};
        for (std::size_t at = from; at < size; ++at) {
            if ((byte(at) & 0xC0) != 0x80) return std::size_t{0};
        }
        return size;
    };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    if (first < 0xE0) return tail(1, 2);
    if (text.size() < 2) return 0;
    // Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte.
    const std::uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < low || byte(1) > high) return 0;
    return tail(2, first < 0xF0 ? 3 : 4);
}

}  // namespace

std::size_t ill_formed(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t size = character(text.substr(at));
        if (size == 0) break;
        at += size;
    }
    return at;
}

}  // namespace emberline::exposition
