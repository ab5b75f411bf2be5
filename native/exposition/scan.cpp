#include "bytes.hpp"
#include "columns.hpp"
#include "readers.hpp"

namespace emberline::exposition {

Verdict scan(std::string_view page, Format format, const Limits& limits, Columns& columns) {
    if (page.size() > limits.body_bytes) return {Fault::body_bytes, limits.body_bytes};
    const std::size_t guess = page.size() / 64;
    columns.values.reserve(guess);
    columns.timestamps.reserve(guess);
    columns.keys.reserve(guess);
    const Buffer buffer{page};
    return format == Format::open ? scan_open(buffer, limits, columns) : scan_text(buffer, limits, columns);
}

}  // namespace emberline::exposition
