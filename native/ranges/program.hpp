// What a fused evaluation computes, as flat arrays: error ratios over series, and alerts over error ratios.
#pragma once

#include <string>

#include "grid.hpp"
#include "samples.hpp"

namespace emberline::ranges {

using Places = std::span<const std::int64_t>;

// How bad events follow from what is counted; the formulas are those of slo/burn.py.
enum class Bad : std::int64_t { counted, remainder, bucket, interpolated };

// Of each kind of list there are `offsets`, one more than lists: list i is [offsets[i], offsets[i + 1]).
struct Lists {
    Places offsets, items;

    std::size_t size() const { return offsets.size() - 1; }
    Places operator[](std::size_t i) const {
        return items.subspan(static_cast<std::size_t>(offsets[i]), static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    }
};

struct Program {
    Lists sides;         // series that are summed, in the order of their labels; none: absent
    Lists totals, bads;  // sides that are added up, of each error ratio
    Places kinds;        // Bad, of each error ratio
    Values weights;      // where in its bucket the threshold lies, of each error ratio
    Places windows;      // lengths in ms
    Places composed_of;  // of each window: 0 over raw samples, else the ms over which its points were counted
    std::int64_t interval;  // ms between such points

    Places ratios, spans;  // of each burning: its error ratio, and the place of its window
    Values thresholds;     // what the error ratio exceeds

    Lists conditions;    // of each alert, in postfix order: a burning, or an operator below
    Places holds, keeps; // of each alert, in ms: `for` and `keep_firing_for`
    Places units;        // alerts that share error ratios stand together: offsets of such units

    static constexpr std::int64_t both = -1, either = -2;
};

// What is wrong with a program over so many series, at the times of the grid; empty where it can be run.
std::string fault_of(const Program& program, std::size_t series, const Grid& grid);

}  // namespace emberline::ranges
