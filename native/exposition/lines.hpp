// The lines of a page, whatever their grammar, within their limits.
#pragma once

#include "bytes.hpp"
#include "columns.hpp"

namespace emberline::exposition {

// The first line that is longer than allowed; null where there is none. Most of the page is not looked at: wherever the
// last line break within reach is, the lines before it are short enough.
inline const char* overlong(const Buffer& page, std::uint32_t line_bytes) {
    const char* line = page.begin();
    while (page.end() - line > static_cast<std::ptrdiff_t>(line_bytes)) {
        const char* last = line + line_bytes;
        while (last > line && *last != '\n') --last;
        if (*last != '\n') return line;
        line = last + 1;
    }
    return nullptr;
}

// Gives a reader one line after the other, but none that is too long. It has `read_line`, which leads to the line
// break, and `at_end`, what is wrong with a page that ends here.
template <typename Reader>
Verdict read_lines(const Buffer& page, const Limits& limits, Reader& reader) {
    const auto offset = [&](const char* at) { return static_cast<std::uint64_t>(at - page.begin()); };
    const char* too_long = overlong(page, limits.line_bytes);
    const char* line = page.begin();
    for (std::uint32_t number = 0; line < page.end(); ++number) {
        if (number == limits.lines) return {Fault::lines, offset(line)};
        if (line == too_long) return {Fault::line_bytes, offset(line) + limits.line_bytes};
        const Step step = reader.read_line(line);
        if (step.fault != Fault::none) return {step.fault, offset(step.at)};
        line = step.at + 1;
    }
    const Fault fault = reader.at_end();
    return {fault, fault == Fault::none ? 0 : offset(page.end())};
}

}  // namespace emberline::exposition
