// Where counters stand at every evaluation of a grid: all that they have counted, whatever resets took away.
#pragma once

#include <vector>

#include "grid.hpp"
#include "runs.hpp"

namespace emberline::ranges {

// Whole numbers, the sum over some series: each sum and difference of them is exact, and none falls.
class Levels {
public:
    // Forgets what it held, for series that begin at `first` or later and windows of up to `longest` ms. The grid must
    // be even. False where what lies before the grid is so long that levels are not worth their room.
    bool clear(const Grid& grid, std::int64_t first, std::int64_t longest);

    // One more series, of one sample at least. False where it does not count in whole numbers from zero on, or beyond what a double holds.
    bool add(const Series& series);

    // At the last sample up to evaluation `place`, and at the first one after it; the nearest one where there is none.
    // Places before the grid are negative; the levels of the longest window's begin stand for all that lie before it.
    double reached(std::ptrdiff_t place) const { return reached_[index(place)]; }
    double begun(std::ptrdiff_t place) const { return begun_[index(place)]; }

    // The same from a place on that is not before `earliest`.
    const double* reached_from(std::ptrdiff_t place) const { return &reached_[index(place)]; }
    const double* begun_from(std::ptrdiff_t place) const { return &begun_[index(place)]; }
    std::ptrdiff_t earliest() const { return -static_cast<std::ptrdiff_t>(ahead_); }

private:
    std::size_t index(std::ptrdiff_t place) const {
        const std::ptrdiff_t into = place + static_cast<std::ptrdiff_t>(ahead_);
        return into < 0 ? 0 : static_cast<std::size_t>(into);
    }
    std::int64_t time(std::size_t index) const { return start_ + static_cast<std::int64_t>(index) * step_; }
    std::size_t from(std::int64_t time) const;

    void add_run(const Series& series, const Run& run, std::size_t until, double before, double next);
    void stay(std::size_t until, double reached, double begun);

    std::int64_t start_ = 0, step_ = 1;
    std::size_t ahead_ = 0;  // places before the grid
    bool fresh_ = true;      // whether no series has been added
    std::size_t done_ = 0;   // places that the series at hand has been added to
    double counted_ = 0;     // by all series, to their ends
    std::vector<double> reached_, begun_;
};

}  // namespace emberline::ranges
