#include "extrapolate.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

constexpr double margin = 1 + 1e-9;  // far more than what the estimate below rounds away
constexpr std::size_t block = 512;

// Which arithmetic it is: known outside of loops, so that each of them is one without branches.
template <bool zero_first_, bool per_second_>
struct Kind {
    static constexpr bool zero_first = zero_first_, per_second = per_second_;
};

// An increase by `factor`, but for the seconds of a rate.
template <typename Kind>
inline double raised_by(double risen, const Spans& spans, double left, double divisor) {
    const double factor = ((spans.sampled + left) + spans.near(spans.to_end)) / spans.sampled;
    return risen * (Kind::per_second ? factor / divisor : factor);
}

// One increase. A counter that rises was not below zero, which bounds the way to the left.
template <typename Kind>
inline double increase(double risen, double first, const Spans& spans, double divisor) {
    const double whole = Kind::zero_first ? spans.to_start : spans.near(spans.to_start);
    const double to_zero = spans.sampled * (first / risen);
    const bool nearer = (risen > 0) & (first >= 0) & (to_zero < whole);
    const double bounded = nearer ? to_zero : whole;
    return raised_by<Kind>(risen, spans, Kind::zero_first ? spans.near(bounded) : bounded, divisor);
}

EMBERLINE_VECTORISED void subtract(const double* first, const double* last, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] = last[i] - first[i];
}

EMBERLINE_VECTORISED void add(double added, std::size_t count, double* risen) {
    for (std::size_t i = 0; i < count; ++i) risen[i] += added;
}

// The difference by a factor; the rest as `scale`.
EMBERLINE_VECTORISED bool scale_difference(const double* first, const double* last, std::size_t count, double by,
                                           double bound, double* raised) {
    std::uint64_t near_zero = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double risen = last[i] - first[i];
        const bool close = (risen > 0) & (first[i] >= 0) & (first[i] <= risen * bound);
        near_zero |= static_cast<std::uint64_t>(close);
        raised[i] = risen * by;
    }
    return near_zero != 0;
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

// Distances of each window, in arrays.
struct Rows {
    const double *intervals, *sampled, *to_start, *to_end;
};

// The loops over windows: with the same spans, with spans in arrays, and with spans that grow evenly. Of these the
// first tells whether zero may be nearer than the left end for some, and the second looks.
template <typename Kind>
struct Loops {
    static inline void clamp(const double* first, const double* risen, std::size_t count, const Spans& spans,
                             double divisor, double* raised) {
        for (std::size_t i = 0; i < count; ++i) raised[i] = increase<Kind>(risen[i], first[i], spans, divisor);
    }

    static inline void scatter(const double* first, const Rows& rows, std::size_t count, double divisor,
                               double* risen) {
        for (std::size_t i = 0; i < count; ++i) {
            const Spans spans = Spans::of(rows.intervals[i], rows.sampled[i], rows.to_start[i], rows.to_end[i]);
            risen[i] = increase<Kind>(risen[i], first[i], spans, divisor);
        }
    }

    static inline bool sweep(const double* first, const double* risen, const Distances& begin, const Distances& by,
                             std::size_t count, double divisor, double* raised) {
        std::uint64_t near_zero = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Spans spans = nth(begin, by, i);
            const double left = spans.near(spans.to_start);
            const double bound = (Kind::zero_first ? spans.to_start : left) * margin;
            const bool close = (risen[i] > 0) & (first[i] >= 0) & (first[i] * spans.sampled <= risen[i] * bound);
            near_zero |= static_cast<std::uint64_t>(close);
            raised[i] = raised_by<Kind>(risen[i], spans, left, divisor);
        }
        return near_zero != 0;
    }

    static inline void sweep_to_zero(const double* first, const double* risen, const Distances& begin,
                                     const Distances& by, std::size_t count, double divisor, double* raised) {
        for (std::size_t i = 0; i < count; ++i) {
            raised[i] = increase<Kind>(risen[i], first[i], nth(begin, by, i), divisor);
        }
    }

private:
    // `begin + i * by` is exact: these are whole milliseconds.
    static inline Spans nth(const Distances& begin, const Distances& by, std::size_t i) {
        const auto times = static_cast<double>(static_cast<std::int32_t>(i));
        return Spans::of(begin.intervals + times * by.intervals, begin.sampled + times * by.sampled,
                         begin.to_start + times * by.to_start, begin.to_end + times * by.to_end);
    }
};

// The loop of the kind of arithmetic that is wanted. A macro: what is called through a function of its own does not run
// on the vector instructions that its caller was compiled for.
#define EMBERLINE_LOOP(wanted, loop)                                                                           \
    do {                                                                                                       \
        if ((wanted).profile.zero_first) {                                                                     \
            if ((wanted).per_second) return Loops<Kind<true, true>>::loop;                                     \
            return Loops<Kind<true, false>>::loop;                                                             \
        }                                                                                                      \
        if ((wanted).per_second) return Loops<Kind<false, true>>::loop;                                        \
        return Loops<Kind<false, false>>::loop;                                                                \
    } while (false)

EMBERLINE_VECTORISED void clamp(const double* first, const double* risen, std::size_t count, const Spans& spans,
                                const Wanted& wanted, double divisor, double* raised) {
    EMBERLINE_LOOP(wanted, clamp(first, risen, count, spans, divisor, raised));
}

EMBERLINE_VECTORISED void scatter(const double* first, const Rows& rows, std::size_t count, const Wanted& wanted,
                                  double divisor, double* risen) {
    EMBERLINE_LOOP(wanted, scatter(first, rows, count, divisor, risen));
}

EMBERLINE_VECTORISED bool sweep(const double* first, const double* risen, const Distances& begin, const Distances& by,
                                std::size_t count, const Wanted& wanted, double divisor, double* raised) {
    EMBERLINE_LOOP(wanted, sweep(first, risen, begin, by, count, divisor, raised));
}

EMBERLINE_VECTORISED void sweep_to_zero(const double* first, const double* risen, const Distances& begin,
                                        const Distances& by, std::size_t count, const Wanted& wanted, double divisor,
                                        double* raised) {
    EMBERLINE_LOOP(wanted, sweep_to_zero(first, risen, begin, by, count, divisor, raised));
}

#undef EMBERLINE_LOOP

Distances later(const Distances& begin, const Distances& by, std::size_t steps) {
    const auto nth = static_cast<double>(steps);
    return {begin.intervals + nth * by.intervals, begin.sampled + nth * by.sampled, begin.to_start + nth * by.to_start,
            begin.to_end + nth * by.to_end};
}

bool near_zero(double first, double risen, const Distances& distances) {
    const double reach = std::min(distances.to_start, distances.sampled / distances.intervals);
    return risen > 0 && first >= 0 && first * distances.sampled <= risen * reach;
}

// One value for each step, `stride` samples apart.
const double* strided(const double* values, std::size_t stride, std::size_t count, double* gathered) {
    if (stride == 1) return values;
    for (std::size_t i = 0; i < count; ++i) gathered[i] = values[i * stride];
    return gathered;
}

}  // namespace

double extrapolated(double risen, double first, const Distances& distances, const Wanted& wanted) {
    const Spans spans = Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end);
    double raised = 0.0;
    clamp(&first, &risen, 1, spans, wanted, wanted.divisor(), &raised);
    return raised;
}

void Even::know(const Distances& distances, const Wanted& wanted) {
    if (distances == distances_) return;
    distances_ = distances;
    spans_ = Spans::of(distances.intervals, distances.sampled, distances.to_start, distances.to_end);
    const double to_start = spans_.near(spans_.to_start);
    by_ = ((spans_.sampled + to_start) + spans_.near(spans_.to_end)) / spans_.sampled / wanted.divisor();
    bound_ = (wanted.profile.zero_first ? spans_.to_start : to_start) / spans_.sampled * margin;
}

bool Even::difference(const double* first, const double* last, std::size_t count, double* raised) const {
    return !scale_difference(first, last, count, by_, bound_, raised);
}

void Even::extrapolate(const double* first, const double* risen, std::size_t count, const Wanted& wanted,
                       double* raised) const {
    if (scale(first, risen, count, by_, bound_, raised)) {
        clamp(first, risen, count, spans_, wanted, wanted.divisor(), raised);
    }
}

void extrapolate(const Stretched& windows, const Distances& begin, const Distances& by, const Wanted& wanted,
                 Even& alike, double* raised) {
    double firsts[block], lasts[block], risen[block];
    const bool even = windows.left == windows.right && windows.left != 0;
    if (even) alike.know(begin, wanted);
    for (std::size_t done = 0; done < windows.steps; done += block) {
        const std::size_t count = std::min(block, windows.steps - done);
        const double* const first = strided(windows.first + done * windows.left, windows.left, count, firsts);
        const double* const last = strided(windows.last + done * windows.right, windows.right, count, lasts);
        if (even && windows.resets.empty() && alike.difference(first, last, count, raised + done)) continue;
        subtract(first, last, count, risen);
        for (const std::uint32_t reset : windows.resets) add(windows.values[reset - 1], count, risen);
        if (even) {
            alike.extrapolate(first, risen, count, wanted, raised + done);
        } else {
            const Distances here = later(begin, by, done);
            // A counter that began near zero is near it in every window that begins with it.
            if (near_zero(first[0], risen[0], here) ||
                sweep(first, risen, here, by, count, wanted, wanted.divisor(), raised + done)) {
                sweep_to_zero(first, risen, here, by, count, wanted, wanted.divisor(), raised + done);
            }
        }
    }
}

void Scattered::extrapolate(const Wanted& wanted) {
    const Rows rows{intervals_.data(), sampled_.data(), to_start_.data(), to_end_.data()};
    scatter(first_.data(), rows, count_, wanted, wanted.divisor(), risen_.data());
    for (std::size_t i = 0; i < count_; ++i) *raised_[i] = risen_[i];
    count_ = 0;
}

}  // namespace emberline::ranges
