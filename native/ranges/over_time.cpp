#include "over_time.hpp"

#include "window.hpp"

namespace emberline::ranges {

namespace {

double of_window(OverTime function, Values held, const Profile& profile) {
    if (function == OverTime::count) return static_cast<double>(held.size());
    if (function == OverTime::last) return held.back();
    double found = 0.0;
    with_fold(static_cast<Fold>(function), profile, true, [&](auto fold) {
        for (const double value : held) fold.add(value);
        found = fold.result();
    });
    return found;
}

}  // namespace

void over_time(OverTime function, const Series& series, const Grid& grid, std::int64_t window, const Profile& profile,
               double* values, std::uint8_t* present) {
    Window moving(series, grid, window, profile.closed);
    for (std::size_t i = 0; i < grid.size(); ++i) {
        moving.move(i);
        const std::size_t count = moving.count();
        present[i] = count > 0;
        values[i] = count > 0 ? of_window(function, {series.values() + moving.first(), count}, profile) : 0.0;
    }
}

void latest(Times times, Values samples, const Grid& grid, std::int64_t lookback, const Profile& profile,
            double* values, std::uint8_t* present) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        while (end < times.size() && times[end] <= grid[i]) ++end;
        const std::int64_t age = end > 0 ? grid[i] - times[end - 1] : lookback + 1;
        const bool found = (profile.closed ? age <= lookback : age < lookback) && !is_stale(samples[end - 1]);
        present[i] = found;
        values[i] = found ? samples[end - 1] : 0.0;
    }
}

void aggregate(Fold fold, const Rows& rows, std::span<const std::int64_t> groups, const Profile& profile,
               double* values, std::uint8_t* present) {
    with_fold(fold, profile, profile.compensated, [&](auto empty) {
        for (std::size_t j = 0; j + 1 < groups.size(); ++j) {
            for (std::size_t i = 0; i < rows.steps; ++i) {
                auto folded = empty;
                bool found = false;
                for (auto row = static_cast<std::size_t>(groups[j]); row < static_cast<std::size_t>(groups[j + 1]); ++row) {
                    if (rows.present[row * rows.steps + i] == 0) continue;
                    folded.add(rows.values[row * rows.steps + i]);
                    found = true;
                }
                present[j * rows.steps + i] = found;
                values[j * rows.steps + i] = found ? folded.result() : 0.0;
            }
        }
    });
}

}  // namespace emberline::ranges
