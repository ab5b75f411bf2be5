// A window that moves over the samples of a series, from one evaluation to the next.
#pragma once

#include <algorithm>

#include "grid.hpp"
#include "runs.hpp"

namespace emberline::ranges {

class Window {
public:
    // Stands nowhere until `move` is called, with times that ascend.
    Window(const Series& series, const Grid& grid, std::int64_t length, bool closed)
        : series_(series), grid_(grid), length_(length), closed_(closed) {}

    // The window at grid time i: the samples [first, end).
    void move(std::size_t i) {
        const std::int64_t to = grid_[i];
        const std::int64_t from = to - length_ + (closed_ ? 0 : 1);  // the earliest time within
        if (fresh_) {
            const auto seek = [this](std::int64_t time) {
                const std::int64_t* const times = series_.times();
                return static_cast<std::size_t>(std::lower_bound(times, times + series_.size(), time) - times);
            };
            first_ = seek(from);
            end_ = seek(to + 1);
            fresh_ = false;
        } else {
            while (first_ < series_.size() && series_.times()[first_] < from) ++first_;
            while (end_ < series_.size() && series_.times()[end_] <= to) ++end_;
        }
    }

    std::size_t first() const { return first_; }
    std::size_t end() const { return end_; }
    std::size_t last() const { return end_ - 1; }
    std::size_t count() const { return end_ > first_ ? end_ - first_ : 0; }

    // Evaluations from i on, i among them, during which each end either stays or moves by as many samples a step.
    struct Stretch {
        std::size_t steps;
        std::size_t left, right;  // samples a step; 0 for an end that stays
    };

    // Of windows with two samples at least, at most up to `until`; some of those that are fewer than `few` are told as one.
    Stretch stretch(std::size_t i, std::size_t until, std::size_t few) {
        const std::int64_t step = grid_.step();
        if (step == 0) return {1, 0, 0};
        const Motion right = end_motion(i, step);
        if (right.steps + 1 < few) return {1, 0, 0};
        const Motion left = first_motion(i, step);
        std::size_t steps = std::min({left.steps, right.steps, until - 1 - i});
        // A window that grows emptier has nothing to tell below two samples.
        if (left.stride > right.stride) steps = std::min(steps, (count() - 2) / (left.stride - right.stride));
        return {steps + 1, left.stride, right.stride};
    }

    // Go on to the last evaluation of a stretch.
    void skip(const Stretch& stretch) {
        first_ += (stretch.steps - 1) * stretch.left;
        end_ += (stretch.steps - 1) * stretch.right;
    }

    // The resets inside the window: places of `Series::resets()`.
    std::span<const std::uint32_t> resets() {
        const auto& all = series_.resets();
        while (reset_ < all.size() && all[reset_] <= first_) ++reset_;
        reset_end_ = std::max(reset_, reset_end_);
        while (reset_end_ < all.size() && all[reset_end_] < end_) ++reset_end_;
        return std::span(all).subspan(reset_, reset_end_ - reset_);
    }

private:
    struct Motion {
        std::size_t steps, stride;
    };

    // The first sample goes through its run at its place in the window, or waits for the window's begin.
    Motion first_motion(std::size_t i, std::int64_t step) {
        const std::int64_t into = series_.times()[first_] - (grid_[i] - length_) - (closed_ ? 0 : 1);
        const Run own = run(left_, first_);
        const std::size_t stride = samples_in(step, own.spacing);
        if (stride != 0 && into < own.spacing) return {whole(own.end - 1 - first_, stride), stride};
        return {into < step ? 0 : static_cast<std::size_t>(into / step), 0};
    }

    // The last sample goes through its run at its distance from the evaluation, or stands until the next one is due.
    Motion end_motion(std::size_t i, std::int64_t step) {
        const Run own = run(right_, last());
        const std::size_t stride = last() + 1 < own.end ? samples_in(step, own.spacing) : 0;
        if (stride != 0) {
            std::size_t steps = std::min(whole(own.end - 1 - last(), stride), grid_.size() - 1 - i);
            // Behind the last sample of the run the next one, at another distance, may be due already.
            if (last() + steps * stride == own.end - 1 && own.end < series_.size() &&
                grid_[i + steps] >= series_.times()[own.end]) {
                --steps;
            }
            return {steps, stride};
        }
        if (end_ == series_.size()) return {grid_.size(), 0};
        const std::int64_t wait = series_.times()[end_] - 1 - grid_[i];
        return {wait < step ? 0 : static_cast<std::size_t>(wait / step), 0};
    }

    // Divisions are slow, and most series have one sample a step.
    static std::size_t samples_in(std::int64_t step, std::int64_t spacing) {
        if (spacing == step) return 1;
        return spacing == 0 || step % spacing != 0 ? 0 : static_cast<std::size_t>(step / spacing);
    }
    static std::size_t whole(std::size_t samples, std::size_t stride) {
        return stride == 1 ? samples : samples / stride;
    }

    struct Run {
        std::size_t end;
        std::int64_t spacing;  // 0 for a single sample
    };

    Run run(std::size_t& nth, std::size_t place) const {
        const auto& begins = series_.begins();
        if (nth == 0) {
            nth = static_cast<std::size_t>(std::upper_bound(begins.begin(), begins.end(), place) - begins.begin());
        }
        while (nth < begins.size() && begins[nth] <= place) ++nth;
        const std::size_t begin = begins[nth - 1];
        const std::size_t end = nth < begins.size() ? begins[nth] : series_.size();
        return {end, end - begin < 2 ? 0 : series_.times()[begin + 1] - series_.times()[begin]};
    }

    const Series& series_;
    const Grid& grid_;
    std::int64_t length_;
    bool closed_;
    bool fresh_ = true;
    std::size_t first_ = 0, end_ = 0;
    std::size_t left_ = 0, right_ = 0;  // one past the runs in which the ends lie; 0 before the first look
    std::size_t reset_ = 0, reset_end_ = 0;
};

}  // namespace emberline::ranges
