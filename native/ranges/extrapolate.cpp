#include "extrapolate.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

constexpr double margin = 1 + 1e-9;  // far more than what the estimate below rounds away
constexpr std::size_t block = 512;

// One increase. A counter that rises was not below zero, which bounds the way to the left.
template <bool zero_first>
inline double increase(double risen, double first, const Spans& spans, double divisor) {
    const double whole = zero_first ? spans.to_start : spans.near(spans.to_start);
    const double to_zero = spans.sampled * (first / risen);
    const bool nearer = (risen > 0) & (first >= 0) & (to_zero < whole);
    const double bounded = nearer ? to_zero : whole;
    const double left = zero_first ? spans.near(bounded) : bounded;
    return risen * (((spans.sampled + left) + spans.near(spans.to_end)) / spans.sampled / divisor);
}

EMBERLINE_VECTORISED void subtract(const double* first, const double* last, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] = last[i] - first[i];
}

EMBERLINE_VECTORISED void add(double added, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] += added;
}

// Multiplies, and tells whether zero may be nearer than the left end for some: then they need a look of their own.
// `bound` is the share of the sampled time up to the left end, rounded up.
EMBERLINE_VECTORISED bool scale(const double* first, const double* risen, std::size_t count, double by, double bound,
                                double* raised) {
    std::uint64_t near_zero = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const bool close = (risen[i] > 0) & (first[i] >= 0) & (first[i] <= risen[i] * bound);
        near_zero |= static_cast<std::uint64_t>(close);
        raised[i] = risen[i] * by;
    }
    return near_zero != 0;
}

template <bool zero_first>
inline void clamp_all(const double* first, const double* risen, std::size_t count, const Spans& spans, double divisor,
                      double* raised) {
    for (std::size_t i = 0; i < count; ++i) raised[i] = increase<zero_first>(risen[i], first[i], spans, divisor);
}

EMBERLINE_VECTORISED void clamp(const double* first, const double* risen, std::size_t count, const Spans& spans,
                                bool zero_first, double divisor, double* raised) {
    if (zero_first) {
        clamp_all<true>(first, risen, count, spans, divisor, raised);
    } else {
        clamp_all<false>(first, risen, count, spans, divisor, raised);
    }
}

// Distances of each window, in arrays.
struct Rows {
    const double *intervals, *sampled, *to_start, *to_end;
};

template <bool zero_first>
inline void scatter_all(const double* first, const Rows& rows, std::size_t count, double divisor, double* risen) {
    for (std::size_t i = 0; i < count; ++i) {
        const Spans spans = Spans::of(rows.intervals[i], rows.sampled[i], rows.to_start[i], rows.to_end[i]);
        risen[i] = increase<zero_first>(risen[i], first[i], spans, divisor);
    }
}

EMBERLINE_VECTORISED void scatter(const double* first, const Rows& rows, std::size_t count, bool zero_first,
                                  double divisor, double* risen) {
    if (zero_first) {
        scatter_all<true>(first, rows, count, divisor, risen);
    } else {
        scatter_all<false>(first, rows, count, divisor, risen);
    }
}

// `begin + i * by` for window i is exact: these are whole milliseconds.
template <bool zero_first>
inline void sweep_all(const double* first, const Distances& begin, const Distances& by, std::size_t count,
                      double divisor, double* risen) {
    for (std::size_t i = 0; i < count; ++i) {
        const auto nth = static_cast<double>(static_cast<std::int32_t>(i));
        const Spans spans = Spans::of(begin.intervals + nth * by.intervals, begin.sampled + nth * by.sampled,
                                      begin.to_start + nth * by.to_start, begin.to_end + nth * by.to_end);
        risen[i] = increase<zero_first>(risen[i], first[i], spans, divisor);
    }
}

EMBERLINE_VECTORISED void sweep(const double* first, const Distances& begin, const Distances& by, std::size_t count,
                                bool zero_first, double divisor, double* risen) {
    if (zero_first) {
        sweep_all<true>(first, begin, by, count, divisor, risen);
    } else {
        sweep_all<false>(first, begin, by, count, divisor, risen);
    }
}

Distances later(const Distances& begin, const Distances& by, std::size_t steps) {
    const auto nth = static_cast<double>(steps);
    return {begin.intervals + nth * by.intervals, begin.sampled + nth * by.sampled, begin.to_start + nth * by.to_start,
            begin.to_end + nth * by.to_end};
}

// One value for each step, `stride` samples apart.
const double* strided(const double* values, std::size_t stride, std::size_t count, double* gathered) {
    if (stride == 1) return values;
    for (std::size_t i = 0; i < count; ++i) gathered[i] = values[i * stride];
    return gathered;
}

// What holds for every window of a stretch whose ends move alike.
class Even {
public:
    Even(const Distances& distances, const Wanted& wanted)
        : spans_(Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end)),
          zero_first_(wanted.profile.zero_first),
          divisor_(wanted.divisor()) {
        const double to_start = spans_.near(spans_.to_start);
        by_ = ((spans_.sampled + to_start) + spans_.near(spans_.to_end)) / spans_.sampled / divisor_;
        bound_ = (zero_first_ ? spans_.to_start : to_start) / spans_.sampled * margin;
    }

    void extrapolate(const double* first, const double* risen, std::size_t count, double* raised) const {
        if (scale(first, risen, count, by_, bound_, raised)) {
            clamp(first, risen, count, spans_, zero_first_, divisor_, raised);
        }
    }

private:
    Spans spans_;
    bool zero_first_;
    double divisor_, by_, bound_;
};

}  // namespace

double extrapolated(double risen, double first, const Distances& distances, const Wanted& wanted) {
    const Spans spans = Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end);
    return wanted.profile.zero_first ? increase<true>(risen, first, spans, wanted.divisor())
                                     : increase<false>(risen, first, spans, wanted.divisor());
}

void extrapolate(const Stretched& windows, const Distances& begin, const Distances& by, const Wanted& wanted,
                 double* raised) {
    double firsts[block], lasts[block], risen[block];
    const bool even = windows.left == windows.right && windows.left != 0;
    const Even alike(begin, wanted);
    for (std::size_t done = 0; done < windows.steps; done += block) {
        const std::size_t count = std::min(block, windows.steps - done);
        const double* const first = strided(windows.first + done * windows.left, windows.left, count, firsts);
        const double* const last = strided(windows.last + done * windows.right, windows.right, count, lasts);
        subtract(first, last, count, risen);
        for (const std::uint32_t reset : windows.resets) add(windows.values[reset - 1], count, risen);
        if (even) {
            alike.extrapolate(first, risen, count, raised + done);
        } else {
            sweep(first, later(begin, by, done), by, count, wanted.profile.zero_first, wanted.divisor(), risen);
            std::copy_n(risen, count, raised + done);
        }
    }
}

void Scattered::extrapolate(const Wanted& wanted) {
    const Rows rows{intervals_.data(), sampled_.data(), to_start_.data(), to_end_.data()};
    scatter(first_.data(), rows, count_, wanted.profile.zero_first, wanted.divisor(), risen_.data());
    for (std::size_t i = 0; i < count_; ++i) *raised_[i] = risen_[i];
    count_ = 0;
}

}  // namespace emberline::ranges
