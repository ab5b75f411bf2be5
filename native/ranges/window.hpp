// A window that moves over the samples of a series, from one evaluation to the next.
#pragma once

#include <algorithm>

#include "grid.hpp"
#include "runs.hpp"

namespace emberline::ranges {

// A place between the samples of a series, and the run of the sample behind it.
class Edge {
public:
    explicit Edge(const Series& series) : series_(series) {}

    std::size_t place() const { return place_; }
    bool at_end() const { return place_ == series_.size(); }

    // The run of the sample behind, and its time; neither is there at the end.
    const Run& run() const { return series_.runs()[run_]; }
    std::int64_t time() const { return run().time_of(place_); }

    // The run of the sample before, and its time; there must be one.
    const Run& run_before() const { return starts_run() ? series_.runs()[run_ - 1] : run(); }
    std::int64_t time_before() const { return run_before().time_of(place_ - 1); }

    // Go to the first sample at or after a time, which lies not before the last one.
    void seek(std::int64_t time) {
        const auto& runs = series_.runs();
        const auto ends_before = [time](const Run& each) { return each.time_of(each.end - 1U) < time; };
        if (run_ < runs.size() && ends_before(runs[run_])) {
            run_ = static_cast<std::size_t>(
                std::partition_point(runs.begin() + static_cast<std::ptrdiff_t>(run_), runs.end(), ends_before) -
                runs.begin());
            place_ = run_ < runs.size() ? runs[run_].begin : series_.size();
        }
        if (run_ == runs.size() || this->time() >= time) return;
        const std::int64_t spacing = runs[run_].spacing;
        const std::int64_t behind = time - this->time() + spacing - 1;
        place_ += behind < 2 * spacing ? 1 : static_cast<std::size_t>(behind / spacing);
    }

    // Go over so many samples of the run.
    void skip(std::size_t samples) {
        place_ += samples;
        if (run_ < series_.runs().size() && place_ == run().end) ++run_;
    }

private:
    bool starts_run() const { return run_ == series_.runs().size() || place_ == run().begin; }

    const Series& series_;
    std::size_t place_ = 0, run_ = 0;
};

class Window {
public:
    // Stands nowhere until `move` is called, with times that ascend.
    Window(const Series& series, const Grid& grid, std::int64_t length, bool closed)
        : series_(series), grid_(grid), length_(length), closed_(closed), first_(series), end_(series) {}

    // The window at grid time i: the samples [first, end).
    void move(std::size_t i) {
        first_.seek(grid_[i] - length_ + (closed_ ? 0 : 1));
        end_.seek(grid_[i] + 1);
    }

    std::size_t first() const { return first_.place(); }
    std::size_t end() const { return end_.place(); }
    std::size_t last() const { return end() - 1; }
    std::size_t count() const { return end() > first() ? end() - first() : 0; }
    std::int64_t first_time() const { return first_.time(); }
    std::int64_t last_time() const { return end_.time_before(); }

    // For how many evaluations from i on, up to `until`, a window without samples stays without.
    std::size_t idle(std::size_t i, std::size_t until) const {
        if (first_.at_end()) return until - i;
        const std::int64_t step = grid_.step(), wait = first_time() - grid_[i];
        if (step == 0 || count() > 0 || wait <= step) return 1;
        return std::min(until - i, static_cast<std::size_t>((wait + step - 1) / step));
    }

    // Evaluations from i on, i among them, during which each end either stays or moves by as many samples a step.
    struct Stretch {
        std::size_t steps;
        std::size_t left, right;  // samples a step; 0 for an end that stays
    };

    // Of windows with two samples at least, at most up to `until`; some of those that are fewer than `few` are told as
    // one.
    Stretch stretch(std::size_t i, std::size_t until, std::size_t few) const {
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
        first_.skip((stretch.steps - 1) * stretch.left);
        end_.skip((stretch.steps - 1) * stretch.right);
    }

    // The resets inside the window: places of `Series::resets()`.
    std::span<const std::uint32_t> resets() {
        const auto& all = series_.resets();
        while (reset_ < all.size() && all[reset_] <= first()) ++reset_;
        reset_end_ = std::max(reset_, reset_end_);
        while (reset_end_ < all.size() && all[reset_end_] < end()) ++reset_end_;
        return std::span(all).subspan(reset_, reset_end_ - reset_);
    }

private:
    struct Motion {
        std::size_t steps, stride;
    };

    // The first sample goes through its run at its place in the window, or waits for the window's begin.
    Motion first_motion(std::size_t i, std::int64_t step) const {
        const std::int64_t into = first_time() - (grid_[i] - length_) - (closed_ ? 0 : 1);
        const Run& own = first_.run();
        const std::size_t stride = samples_in(step, own.spacing);
        if (stride != 0 && into < own.spacing) return {whole(own.end - 1 - first(), stride), stride};
        return {into < step ? 0 : static_cast<std::size_t>(into / step), 0};
    }

    // The last sample goes through its run at its distance from the evaluation, or stands until the next one is due.
    Motion end_motion(std::size_t i, std::int64_t step) const {
        const Run& own = end_.run_before();
        const std::size_t stride = end() < own.end ? samples_in(step, own.spacing) : 0;
        if (stride != 0) {
            std::size_t steps = std::min(whole(own.end - 1 - last(), stride), grid_.size() - 1 - i);
            // Behind the last sample of the run the next one, at another distance, may be due already.
            if (last() + steps * stride == own.end - 1U && own.end < series_.size() &&
                grid_[i + steps] >= (&own)[1].time) {
                --steps;
            }
            return {steps, stride};
        }
        if (end_.at_end()) return {grid_.size(), 0};
        const std::int64_t wait = end_.time() - 1 - grid_[i];
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

    const Series& series_;
    const Grid& grid_;
    std::int64_t length_;
    bool closed_;
    Edge first_, end_;
    std::size_t reset_ = 0, reset_end_ = 0;
};

}  // namespace emberline::ranges
