// One reader for each format; `scan` chooses.
#pragma once

#include "bytes.hpp"
#include "columns.hpp"

namespace emberline::exposition {

Verdict scan_text(const Buffer& page, const Limits& limits, Columns& columns);

// Behind what follows a key in text format: leads to the line break.
Step read_text_numbers(const char* at, double& value, std::int64_t& timestamp);

Verdict scan_open(const Buffer& page, const Limits& limits, Columns& columns);

}  // namespace emberline::exposition
