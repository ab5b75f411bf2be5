// Where the evaluations of a grid fall into a series whose samples lie at no even distances.
//
// The begin of a window at one evaluation is where an earlier evaluation stands, so both ends are looked up, and one
// walk over the series serves every window whose length is a whole number of steps.
#pragma once

#include <optional>
#include <vector>

#include "extrapolate.hpp"
#include "grid.hpp"
#include "runs.hpp"

namespace emberline::ranges {

class Ragged {
public:
    // Holds nothing for a series that is not ragged, or a grid that is not even.
    void read(const Series& series, const Grid& grid, bool closed);

    // Whether it tells of such windows at the times of this very grid.
    bool serves(std::int64_t window, const Grid& grid) const {
        return grid_ == &grid && !ends_.empty() && window % grid.step() == 0;
    }

    // As `increases` of increase.hpp.
    bool increases(const Series& series, const Grid& grid, const Wanted& wanted, std::size_t from, std::size_t until,
                   double* values, std::uint8_t* present) const;

private:
    const Grid* grid_ = nullptr;
    std::vector<std::uint32_t> ends_;    // of each evaluation: samples at or before it
    std::vector<std::uint32_t> begins_;  // and samples that no window holds which begins there
};

// A series, and where the evaluations of a grid fall into it if it is ragged. The grid must outlive it.
struct Indexed {
    Series series;
    Ragged ragged;

    // As `Series::read`.
    std::optional<std::size_t> read(Times times, Values values, const Grid& grid, bool closed) {
        const auto disorder = series.read(times, values);
        if (!disorder) ragged.read(series, grid, closed);
        return disorder;
    }
};

}  // namespace emberline::ranges
