// `increase` and `rate` of one series over a moving window.
#pragma once

#include "extrapolate.hpp"
#include "grid.hpp"
#include "ragged.hpp"
#include "runs.hpp"

namespace emberline::ranges {

// Grid times [from, until) into `values` and `present`, where place 0 is that of `from`; absent is 0.
// Whether every one is present.
bool increases(const Indexed& indexed, const Grid& grid, const Wanted& wanted, std::size_t from, std::size_t until,
               double* values, std::uint8_t* present);

}  // namespace emberline::ranges
