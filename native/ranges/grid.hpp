// The times of an evaluation, and how far apart they are where they are even.
#pragma once

#include "samples.hpp"

namespace emberline::ranges {

class Grid {
public:
    explicit Grid(Times times) : times_(times), step_(even_step(times)) {}

    std::size_t size() const { return times_.size(); }
    std::int64_t operator[](std::size_t i) const { return times_[i]; }

    // Milliseconds from one time to the next; 0 where they are not even.
    std::int64_t step() const { return step_; }

private:
    static std::int64_t even_step(Times times) {
        if (times.size() < 2) return 0;
        const std::int64_t step = times[1] - times[0];
        for (std::size_t i = 2; i < times.size(); ++i) {
            if (times[i] - times[i - 1] != step) return 0;
        }
        return step;
    }

    Times times_;
    std::int64_t step_;
};

}  // namespace emberline::ranges
