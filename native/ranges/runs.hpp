// A series cut into runs: samples at equal distances without a reset among them.
//
// While both ends of a window move through runs, everything that extrapolation derives from timestamps stays the same
// from step to step, and what is left is a subtraction and a multiplication over arrays. Gaps, jitter and resets only
// make runs shorter; the arithmetic of each step is the same in every run.
#pragma once

#include <optional>
#include <vector>

#include "samples.hpp"

namespace emberline::ranges {

class Series {
public:
    // Reads the samples of a series; they must outlive it. Returns the place of the first timestamp that does not
    // ascend, if there is one.
    std::optional<std::size_t> read(Times times, Values values);

    std::size_t size() const { return times_.size(); }
    const std::int64_t* times() const { return times_.data(); }
    const double* values() const { return values_.data(); }

    // Whether hardly any sample follows at the distance of the one before: runs say nothing then.
    bool ragged() const { return begins_.size() * 4 > times_.size(); }

    // Places at which runs begin, ascending, and places of values below the one before.
    const std::vector<std::uint32_t>& begins() const { return begins_; }
    const std::vector<std::uint32_t>& resets() const { return resets_; }

private:
    // What cut a cut short: a timestamp that does not ascend, or a stale marker, which is no sample.
    struct Ending {
        std::optional<std::size_t> disorder;
        bool stale = false;
    };

    void drop_stale();
    Ending cut();

    Times times_;
    Values values_;
    std::vector<std::uint32_t> begins_, resets_;
    std::vector<std::int64_t> kept_times_;
    std::vector<double> kept_values_;
};

}  // namespace emberline::ranges
