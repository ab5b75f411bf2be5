// The lines of a page, whatever their grammar, within their limits.
#pragma once

#include "bytes.hpp"
#include "columns.hpp"

namespace emberline::exposition {

// Gives a reader one line after the other. It has `read_line`, which leads to the line break, and `at_end`, what is
// wrong with a page that ends here.
template <typename Reader>
Verdict read_lines(const Buffer& page, const Limits& limits, Reader& reader) {
    const auto offset = [&](const char* at) { return static_cast<std::uint64_t>(at - page.begin()); };
    const char* line = page.begin();
    for (std::uint32_t number = 0; line < page.end(); ++number) {
        if (number == limits.lines) return {Fault::lines, offset(line)};
        const Step step = reader.read_line(line);
        const char* end = step.fault == Fault::none ? step.at : line_end(step.at);
        if (static_cast<std::size_t>(end - line) > limits.line_bytes) {
            return {Fault::line_bytes, offset(line) + limits.line_bytes};
        }
        if (step.fault != Fault::none) return {step.fault, offset(step.at)};
        line = end + 1;
    }
    const Fault fault = reader.at_end();
    return {fault, fault == Fault::none ? 0 : offset(page.end())};
}

}  // namespace emberline::exposition
