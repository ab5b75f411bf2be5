#include "render.hpp"

#include <algorithm>
#include <cstring>

#include "number.hpp"

namespace emberline::exposition {

bool are_places(std::span<const std::uint32_t> ends, std::string_view text) {
    return std::is_sorted(ends.begin(), ends.end()) && (ends.empty() || ends.back() <= text.size());
}

std::size_t longest_page(std::size_t text, std::size_t numbers) {
    return text + numbers * longest_number;
}

char* render(std::string_view text, std::span<const std::uint32_t> ends, std::span<const double> values, char* out) {
    std::size_t from = 0;
    const auto copy_to = [&](std::size_t to) {
        std::memcpy(out, text.data() + from, to - from);
        out += to - from;
        from = to;
    };
    for (std::size_t at = 0; at < values.size(); ++at) {
        copy_to(ends[at]);
        out = write_number(out, values[at]);
    }
    copy_to(text.size());
    return out;
}

}  // namespace emberline::exposition
