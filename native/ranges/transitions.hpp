// The fused path: from samples to the transitions of alerts, with nothing kept in between but a tile at a time.
#pragma once

#include <optional>
#include <vector>

#include "grid.hpp"
#include "program.hpp"
#include "samples.hpp"
#include "state.hpp"

namespace emberline::ranges {

struct Transition {
    std::int64_t alert, time;  // `time` is a place in the grid
    Status status;
};

// The first timestamp that does not ascend: series, and the place in it.
struct Disorder {
    std::size_t series, place;
};

struct Outcome {
    std::vector<Transition> transitions;  // by alert, then by time
    std::optional<Disorder> disorder;
};

// Every change of every alert's status over the grid, all inactive before it; `threads` share the units.
Outcome transitions(const Samples& samples, const Program& program, const Grid& grid, const Profile& profile,
                    std::size_t threads);

}  // namespace emberline::ranges
