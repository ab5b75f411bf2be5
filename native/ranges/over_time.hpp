// Functions over the samples of a window, instant vectors, and aggregates of series.
#pragma once

#include "folds.hpp"
#include "grid.hpp"
#include "runs.hpp"

namespace emberline::ranges {

enum class OverTime : std::int64_t { sum, avg, min, max, count, last };

// The function at every grid time, present where the window holds a sample; absent is 0.
void over_time(OverTime function, const Series& series, const Grid& grid, std::int64_t window, const Profile& profile,
               double* values, std::uint8_t* present);

// The last sample at every grid time, unless it is a stale marker or `lookback` ms old.
void latest(Times times, Values samples, const Grid& grid, std::int64_t lookback, const Profile& profile,
            double* values, std::uint8_t* present);

// Rows and their presence, (row, time); group j folds the rows from groups[j] up to groups[j + 1].
struct Rows {
    Values values;
    std::span<const std::uint8_t> present;
    std::size_t steps;
};

void aggregate(Fold fold, const Rows& rows, std::span<const std::int64_t> groups, const Profile& profile,
               double* values, std::uint8_t* present);

}  // namespace emberline::ranges
