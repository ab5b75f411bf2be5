// A page made from its unchanging text and its numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace emberline::exposition {

// Whether the ends are places in the text, in order.
bool are_places(std::span<const std::uint32_t> ends, std::string_view text);

// The most bytes that `render` writes.
std::size_t longest_page(std::size_t text, std::size_t numbers);

// Writes the text with each number before the byte its end names; returns the end of what was written.
char* render(std::string_view text, std::span<const std::uint32_t> ends, std::span<const double> values, char* out);

}  // namespace emberline::exposition
