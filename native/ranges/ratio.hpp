// Error ratios of the SLIs of a program over a tile of the grid: sums first, then bad / total.
#pragma once

#include "column.hpp"
#include "grid.hpp"
#include "program.hpp"
#include "ragged.hpp"

namespace emberline::ranges {

// Grid times [from, until) of a program's series; `series` finds one by its place.
struct Tile {
    const Program& program;
    const Profile& profile;
    const Grid& grid;
    std::span<const Indexed* const> series;
    std::size_t from, until;
    Room& room;

    std::size_t size() const { return until - from; }
};

struct Events {
    Column bad, total;
};

// Bad and total events of error ratio `ratio` over a window of so many ms.
Events events_of(const Tile& tile, std::size_t ratio, std::int64_t window);

}  // namespace emberline::ranges
