#include "levels.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

constexpr double most = 4503599627370496.0;  // 2^52: below it, adding and taking away again leaves whole numbers alone

constexpr std::size_t worth = 8;  // places before the grid for each in it

EMBERLINE_VECTORISED bool whole(const double* values, std::size_t count) {
    std::uint64_t broken = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const bool counted = (values[i] >= 0) & (values[i] < most) & ((values[i] + most) - most == values[i]);
        broken |= static_cast<std::uint64_t>(!counted);
    }
    return broken == 0;
}

EMBERLINE_VECTORISED void raise(double* levels, const double* values, double by, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) levels[i] += values[i] + by;
}

EMBERLINE_VECTORISED void place(double* levels, const double* values, double by, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) levels[i] = values[i] + by;
}

}  // namespace

bool Levels::clear(const Grid& grid, std::int64_t first, std::int64_t longest) {
    step_ = grid.step();
    const std::int64_t known = std::min(longest, std::max<std::int64_t>(0, grid[0] - first));
    ahead_ = static_cast<std::size_t>(known / step_ + 1);
    if (ahead_ / worth > grid.size()) return false;
    start_ = grid[0] - static_cast<std::int64_t>(ahead_) * step_;
    counted_ = 0;
    reached_.resize(grid.size() + ahead_);
    begun_.resize(grid.size() + ahead_);
    fresh_ = true;
    return true;
}

bool Levels::add(const Series& series) {
    const double* const values = series.values();
    if (!whole(values, series.size())) return false;
    done_ = 0;
    stay(from(series.times()[0]), values[0], values[0]);
    double before = 0;  // what resets took away
    auto reset = series.resets().begin();
    const auto& runs = series.runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool ends = i + 1 == runs.size();
        const std::size_t end = runs[i].end;
        const bool falls = reset != series.resets().end() && *reset == end;
        const double after = falls ? before + values[end - 1] : before;
        const std::size_t until = ends ? reached_.size() : from(runs[i + 1].time);
        if (until > done_) add_run(series, runs[i], until, before, ends ? before + values[end - 1] : after + values[end]);
        if (falls) ++reset;
        before = after;
    }
    fresh_ = false;
    counted_ += before + values[series.size() - 1];
    return counted_ < most;
}

// The places from `done_` to `until`, which lie behind the begin of the run and before the next one.
void Levels::add_run(const Series& series, const Run& run, std::size_t until, double before, double next) {
    const double* const values = series.values();
    const std::size_t last = run.end - 1U;
    std::size_t sample = run.begin;
    const std::int64_t into = time(done_) - run.time;
    if (run.spacing != 0 && into >= run.spacing) {
        sample = std::min(last, sample + static_cast<std::size_t>(into / run.spacing));
    }
    if (run.spacing == step_) {
        const std::size_t count = std::min(last - sample, until - done_);
        const auto move = fresh_ ? place : raise;
        move(&reached_[done_], values + sample, before, count);
        move(&begun_[done_], values + sample + 1, before, count);
        done_ += count;
        sample += count;
    }
    while (sample < last && done_ < until) {
        stay(done_ + 1, before + values[sample], before + values[sample + 1]);
        while (sample < last && run.time_of(sample + 1) <= time(done_)) ++sample;
    }
    stay(until, before + values[last], next);
}

void Levels::stay(std::size_t until, double reached, double begun) {
    for (; done_ < until; ++done_) {
        reached_[done_] = (fresh_ ? 0.0 : reached_[done_]) + reached;
        begun_[done_] = (fresh_ ? 0.0 : begun_[done_]) + begun;
    }
}

// The first place at a time or after it, and the end where there is none.
std::size_t Levels::from(std::int64_t time) const {
    if (time <= start_) return 0;
    return std::min(reached_.size(), static_cast<std::size_t>((time - start_ + step_ - 1) / step_));
}

}  // namespace emberline::ranges
