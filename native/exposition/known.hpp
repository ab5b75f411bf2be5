// A page that differs in its numbers alone from one that was read before.
#pragma once

#include <span>
#include <string_view>

#include "columns.hpp"

namespace emberline::exposition {

// A page in text format, and where its keys and families stand.
struct Known {
    std::string_view page;
    std::span<const Span> keys;
    std::span<const Family> families;
};

// Fills the columns as `scan` would, with limits that the known page kept; false where the pages differ in more than
// their numbers, and then there is nothing to be had of the columns.
bool rescan(std::string_view page, const Known& known, const Limits& limits, Columns& columns);

}  // namespace emberline::exposition
