// Whether alerts' conditions hold over a tile, with no window computed that cannot change the answer.
#pragma once

#include <map>
#include <utility>

#include "bounds.hpp"
#include "composed.hpp"

namespace emberline::ranges {

using Flags = std::vector<std::uint8_t>;

class Conditions {
public:
    Conditions(const Tile& tile, Composed& composed, Bounds& bounds) : tile_(tile), composed_(composed), bounds_(bounds) {}

    // 1 at each time of the tile at which the condition, in postfix order, holds.
    Flags holding(Places condition);

private:
    std::int64_t shortest(Places condition) const;
    Flags burning(std::size_t nth);
    bool settle(std::size_t nth, Flags& verdicts);
    Column error_ratio(const Tile& tile, std::size_t ratio, std::size_t span);

    const Tile& tile_;
    Composed& composed_;
    Bounds& bounds_;
    std::map<std::pair<std::size_t, std::size_t>, Column> ratios_;  // by error ratio and window
};

}  // namespace emberline::ranges
