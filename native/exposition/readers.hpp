// One reader for each format; `scan` chooses.
#pragma once

#include "bytes.hpp"
#include "columns.hpp"

namespace emberline::exposition {

Verdict scan_text(const Buffer& page, const Limits& limits, Columns& columns);

Verdict scan_open(const Buffer& page, const Limits& limits, Columns& columns);

}  // namespace emberline::exposition
