#include "ragged.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

// The resets between two samples, from one window to the next.
class Resets {
public:
    explicit Resets(const Series& series) : series_(series) {}

    double added(double risen, std::size_t first, std::size_t end) {
        const auto& all = series_.resets();
        while (begin_ < all.size() && all[begin_] <= first) ++begin_;
        for (std::size_t i = begin_; i < all.size() && all[i] < end; ++i) risen += series_.values()[all[i] - 1];
        return risen;
    }

private:
    const Series& series_;
    std::size_t begin_ = 0;
};

}  // namespace

void Ragged::read(const Series& series, const Grid& grid, bool closed) {
    grid_ = &grid;
    ends_.clear();
    begins_.clear();
    if (!series.ragged() || grid.step() == 0) return;
    const std::int64_t* const times = series.times();
    std::uint32_t begin = 0, end = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        while (end < series.size() && times[end] <= grid[i]) ++end;
        while (closed && begin < series.size() && times[begin] < grid[i]) ++begin;
        ends_.push_back(end);
        begins_.push_back(closed ? begin : end);
    }
}

bool Ragged::increases(const Series& series, const Grid& grid, const Wanted& wanted, std::size_t from,
                       std::size_t until, double* values, std::uint8_t* present) const {
    const auto steps = static_cast<std::size_t>(wanted.window / grid.step());
    const std::int64_t* const times = series.times();
    const double* const samples = series.values();
    Scattered scattered;
    Resets resets(series);
    bool all = true;
    for (std::size_t i = from; i < until; ++i) {
        const std::int64_t begin = grid[i] - wanted.window;
        std::size_t first = 0;
        if (i >= steps) {
            first = begins_[i - steps];
        } else {
            const auto earliest = begin + (wanted.profile.closed ? 0 : 1);
            first = static_cast<std::size_t>(std::lower_bound(times, times + series.size(), earliest) - times);
        }
        const std::size_t end = ends_[i];
        const bool found = end >= first + 2;
        present[i - from] = found;
        all &= found;
        values[i - from] = 0.0;
        if (!found) continue;
        const double risen = resets.added(samples[end - 1] - samples[first], first, end);
        const Distances distances{static_cast<double>(end - 1 - first), static_cast<double>(times[end - 1] - times[first]),
                                  static_cast<double>(times[first] - begin),
                                  static_cast<double>(grid[i] - times[end - 1])};
        scattered.add(samples[first], risen, distances, values + (i - from));
        if (scattered.full()) scattered.extrapolate(wanted);
    }
    scattered.extrapolate(wanted);
    return all;
}

}  // namespace emberline::ranges
