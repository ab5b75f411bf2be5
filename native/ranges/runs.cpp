#include "runs.hpp"

#include <algorithm>
#include <functional>

namespace emberline::ranges {

namespace {

constexpr std::size_t block = 16;

// Whether each of the next samples follows its predecessor at `spacing`, does not fall below it and is no marker.
EMBERLINE_VECTORISED bool steady(const std::int64_t* times, const double* values, std::int64_t spacing) {
    std::uint64_t broken = 0;
    for (std::size_t i = 0; i < block; ++i) {
        broken |= static_cast<std::uint64_t>(times[i] - times[i - 1] != spacing);
        broken |= static_cast<std::uint64_t>(values[i] < values[i - 1]);
        broken |= static_cast<std::uint64_t>(std::bit_cast<std::uint64_t>(values[i]) == stale_bits);
    }
    return broken == 0;
}

}  // namespace

std::optional<std::size_t> Series::read(Times times, Values values) {
    times_ = times;
    values_ = values;
    Ending ending = cut();
    if (ending.stale) {
        const auto fault = std::adjacent_find(times.begin(), times.end(), std::greater_equal<>());
        if (fault != times.end()) return static_cast<std::size_t>(fault - times.begin()) + 1;
        drop_stale();
        ending = cut();
    }
    return ending.disorder;
}

std::size_t Series::until(std::int64_t time) const {
    const auto behind = std::partition_point(runs_.begin(), runs_.end(), [time](const Run& run) { return run.time <= time; });
    if (behind == runs_.begin()) return 0;
    const Run& run = behind[-1];
    const std::size_t count = run.end - run.begin;
    return run.begin + (run.spacing == 0 ? 1 : std::min(count, static_cast<std::size_t>((time - run.time) / run.spacing) + 1));
}

void Series::drop_stale() {
    kept_times_.clear();
    kept_values_.clear();
    for (std::size_t i = 0; i < times_.size(); ++i) {
        if (is_stale(values_[i])) continue;
        kept_times_.push_back(times_[i]);
        kept_values_.push_back(values_[i]);
    }
    times_ = kept_times_;
    values_ = kept_values_;
}

void Series::open(std::size_t place) {
    const auto begin = static_cast<std::uint32_t>(place);
    if (!runs_.empty()) runs_.back().end = begin;
    runs_.push_back({times_[place], 0, begin, static_cast<std::uint32_t>(times_.size())});
}

Series::Ending Series::cut() {
    runs_.clear();
    resets_.clear();
    const std::size_t count = times_.size();
    if (count == 0) return {};
    if (is_stale(values_[0])) return {{}, true};
    open(0);
    for (std::size_t i = 1; i < count;) {
        const std::int64_t spacing = runs_.back().spacing;
        while (spacing != 0 && i + block <= count && steady(times() + i, values() + i, spacing)) i += block;
        // Somewhere in the next block there is a break, or the series ends.
        for (const std::size_t until = std::min(i + block, count); i < until; ++i) {
            const std::int64_t distance = times_[i] - times_[i - 1];
            if (is_stale(values_[i])) return {{}, true};
            if (distance <= 0) return {i, false};
            const bool fallen = values_[i] < values_[i - 1];
            if (fallen) resets_.push_back(static_cast<std::uint32_t>(i));
            Run& run = runs_.back();
            if (fallen || (run.spacing != 0 && distance != run.spacing)) {
                open(i);
            } else {
                run.spacing = distance;
            }
        }
    }
    return {};
}

}  // namespace emberline::ranges
