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

// The samples [begin, end) at `time`, `time + spacing` and so on; the spacing of a single sample is 0. Few of them tell
// the times of a whole series, and stay in the cache.
struct Run {
    std::int64_t time, spacing;
    std::uint32_t begin, end;

    std::int64_t time_of(std::size_t place) const {
        return time + static_cast<std::int64_t>(place - begin) * spacing;
    }
};

class Series {
public:
    // Reads the samples of a series; they must outlive it. Returns the place of the first timestamp that does not
    // ascend, if there is one.
    std::optional<std::size_t> read(Times times, Values values);

    std::size_t size() const { return times_.size(); }
    const std::int64_t* times() const { return times_.data(); }
    const double* values() const { return values_.data(); }

    // How many of its samples lie at or before a time.
    std::size_t until(std::int64_t time) const;

    // Whether hardly any sample follows at the distance of the one before: runs say nothing then.
    bool ragged() const { return runs_.size() * 4 > times_.size(); }

    const std::vector<Run>& runs() const { return runs_; }
    // Places of values below the one before, ascending; each begins a run.
    const std::vector<std::uint32_t>& resets() const { return resets_; }

private:
    // What cut a cut short: a timestamp that does not ascend, or a stale marker, which is no sample.
    struct Ending {
        std::optional<std::size_t> disorder;
        bool stale = false;
    };

    void drop_stale();
    Ending cut();
    void open(std::size_t place);

    Times times_;
    Values values_;
    std::vector<Run> runs_;
    std::vector<std::uint32_t> resets_;
    std::vector<std::int64_t> kept_times_;
    std::vector<double> kept_values_;
};

}  // namespace emberline::ranges
