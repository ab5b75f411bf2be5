// The one file of this kernel that knows Python.
#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include "../python.hpp"
#include "increase.hpp"
#include "over_time.hpp"
#include "transitions.hpp"

namespace nb = nanobind;
using namespace emberline::python;
using namespace emberline::ranges;

namespace {

using Flags = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

Samples samples_of(const Integers& offsets, const Integers& times, const Floats& values) {
    const Samples samples{span_of(offsets), span_of(times), span_of(values)};
    const Places cuts = samples.offsets;
    if (cuts.empty() || cuts.front() != 0 || !std::is_sorted(cuts.begin(), cuts.end()) ||
        static_cast<std::size_t>(cuts.back()) != samples.times.size() || samples.times.size() != samples.values.size()) {
        throw nb::value_error("offsets, timestamps and values do not fit together");
    }
    return samples;
}

[[noreturn]] void refuse(const Disorder& disorder) {
    throw nb::value_error(("series " + std::to_string(disorder.series) + ": timestamps must ascend strictly, sample " +
                           std::to_string(disorder.place) + " does not")
                              .c_str());
}

template <typename Found, typename Present>
void require_shape(const Found& found, const Present& present, std::initializer_list<std::size_t> shape) {
    std::size_t axis = 0;
    for (const std::size_t length : shape) {
        if (found.shape(axis) != length || present.shape(axis) != length) throw nb::value_error("results of another shape");
        ++axis;
    }
}

// Calls `use` with every series, every window of it, and where its results begin.
template <typename Use>
void each_window(const Samples& samples, const Integers& windows, const Grid& grid, bool closed, const Use& use) {
    std::optional<Disorder> disorder;
    {
        const nb::gil_scoped_release release;
        Indexed series;
        for (std::size_t i = 0; i < samples.size() && !disorder; ++i) {
            const auto [times, values] = samples[i];
            if (const auto place = series.read(times, values, grid, closed)) disorder = Disorder{i, *place};
            for (std::size_t j = 0; j < windows.shape(0) && !disorder; ++j) {
                use(series, windows.data()[j], (j * samples.size() + i) * grid.size());
            }
        }
    }
    if (disorder) refuse(*disorder);
}

void increase(const Integers& offsets, const Integers& times, const Floats& values, const Integers& at,
              const Integers& windows, bool per_second, const nb::object& profile, const FloatsOut<3>& raised,
              const FlagsOut<3>& present) {
    const Samples samples = samples_of(offsets, times, values);
    const Grid grid(span_of(at));
    const Profile exact = profile_of(profile);
    require_shape(raised, present, {windows.shape(0), samples.size(), grid.size()});
    each_window(samples, windows, grid, exact.closed, [&](const Indexed& series, std::int64_t window, std::size_t row) {
        increases(series, grid, {window, per_second, exact}, 0, grid.size(), raised.data() + row, present.data() + row);
    });
}

void functions_over_time(std::int64_t function, const Integers& offsets, const Integers& times, const Floats& values,
                         const Integers& at, const Integers& windows, const nb::object& profile,
                         const FloatsOut<3>& found, const FlagsOut<3>& present) {
    const Samples samples = samples_of(offsets, times, values);
    const Grid grid(span_of(at));
    const Profile exact = profile_of(profile);
    if (function < 0 || function > static_cast<std::int64_t>(OverTime::last)) throw nb::value_error("no such function");
    require_shape(found, present, {windows.shape(0), samples.size(), grid.size()});
    each_window(samples, windows, grid, exact.closed, [&](const Indexed& series, std::int64_t window, std::size_t row) {
        over_time(static_cast<OverTime>(function), series.series, grid, window, exact, found.data() + row,
                  present.data() + row);
    });
}

void instants(const Integers& offsets, const Integers& times, const Floats& values, const Integers& at,
              std::int64_t lookback, const nb::object& profile, const FloatsOut<2>& found,
              const FlagsOut<2>& present) {
    const Samples samples = samples_of(offsets, times, values);
    const Grid grid(span_of(at));
    const Profile exact = profile_of(profile);
    require_shape(found, present, {samples.size(), grid.size()});
    std::optional<Disorder> disorder;
    {
        const nb::gil_scoped_release release;
        Series series;
        for (std::size_t i = 0; i < samples.size() && !disorder; ++i) {
            const auto [own_times, own_values] = samples[i];
            if (const auto place = series.read(own_times, own_values)) disorder = Disorder{i, *place};
            latest(own_times, own_values, grid, lookback, exact, found.data() + i * grid.size(),
                   present.data() + i * grid.size());
        }
    }
    if (disorder) refuse(*disorder);
}

void aggregates(std::int64_t function, const Matrix& rows, const Flags& here, const Integers& groups,
                const nb::object& profile, const FloatsOut<2>& found, const FlagsOut<2>& present) {
    const std::size_t count = rows.shape(0), steps = rows.shape(1);
    const std::span offsets = span_of(groups);
    if (function < 0 || function > static_cast<std::int64_t>(Fold::max)) throw nb::value_error("no such function");
    if (offsets.empty() || offsets.front() < 0 || !std::is_sorted(offsets.begin(), offsets.end()) ||
        static_cast<std::size_t>(offsets.back()) > count || here.shape(0) != count || here.shape(1) != steps) {
        throw nb::value_error("groups, rows and presence do not fit together");
    }
    require_shape(found, present, {offsets.size() - 1, steps});
    const Profile exact = profile_of(profile);
    const nb::gil_scoped_release release;
    const Rows given{{rows.data(), count * steps}, {here.data(), count * steps}, steps};
    aggregate(static_cast<Fold>(function), given, offsets, exact, found.data(), present.data());
}

// A program's arrays, which live as long as this does.
class Written {
public:
    explicit Written(const nb::object& program) : program_(program) {}

    Places places(const char* name) { return span_of(integers_.emplace_back(array<Integers>(name))); }
    Values values(const char* name) { return span_of(floats_.emplace_back(array<Floats>(name))); }
    Lists lists(const char* offsets, const char* items) { return {places(offsets), places(items)}; }

private:
    template <typename Array>
    Array array(const char* name) const {
        Array found;
        if (nb::try_cast(program_.attr(name), found, false)) return found;
        throw nb::type_error((std::string(name) + " is not a contiguous one-dimensional array of its type").c_str());
    }

    const nb::object& program_;
    std::vector<Integers> integers_;
    std::vector<Floats> floats_;
};

nb::bytes run(const Integers& offsets, const Integers& times, const Floats& values, const nb::object& program,
              const Integers& at, const nb::object& profile, std::size_t threads) {
    const Samples samples = samples_of(offsets, times, values);
    Written written(program);
    const Program read{
        written.lists("side_offsets", "side_series"),
        written.lists("total_offsets", "total_sides"),
        written.lists("bad_offsets", "bad_sides"),
        written.places("kinds"),
        written.values("weights"),
        written.places("windows"),
        written.places("composed_of"),
        nb::cast<std::int64_t>(program.attr("interval")),
        written.places("burning_ratios"),
        written.places("burning_windows"),
        written.values("thresholds"),
        written.lists("condition_offsets", "conditions"),
        written.places("holds"),
        written.places("keeps"),
        written.places("units"),
    };
    const Grid grid(span_of(at));
    const std::string fault = fault_of(read, samples.size(), grid);
    if (!fault.empty()) throw nb::value_error(fault.c_str());
    const Profile exact = profile_of(profile);
    Outcome outcome;
    {
        const nb::gil_scoped_release release;
        outcome = transitions(samples, read, grid, exact, threads);
    }
    if (outcome.disorder) refuse(*outcome.disorder);
    std::vector<std::int64_t> rows;
    for (const Transition& each : outcome.transitions) {
        rows.insert(rows.end(), {each.alert, each.time, static_cast<std::int64_t>(each.status)});
    }
    return nb::bytes(rows.data(), rows.size() * sizeof(std::int64_t));
}

}  // namespace

NB_MODULE(_kernel, module) {
    module.def("increase", &increase, nb::arg("offsets").noconvert(), nb::arg("timestamps").noconvert(),
               nb::arg("values").noconvert(), nb::arg("at").noconvert(), nb::arg("windows").noconvert(),
               nb::arg("per_second"), nb::arg("profile"), nb::arg("raised").noconvert(), nb::arg("present").noconvert());
    module.def("over_time", &functions_over_time, nb::arg("function"), nb::arg("offsets").noconvert(),
               nb::arg("timestamps").noconvert(), nb::arg("values").noconvert(), nb::arg("at").noconvert(),
               nb::arg("windows").noconvert(), nb::arg("profile"), nb::arg("found").noconvert(),
               nb::arg("present").noconvert());
    module.def("latest", &instants, nb::arg("offsets").noconvert(), nb::arg("timestamps").noconvert(),
               nb::arg("values").noconvert(), nb::arg("at").noconvert(), nb::arg("lookback"), nb::arg("profile"),
               nb::arg("found").noconvert(), nb::arg("present").noconvert());
    module.def("aggregate", &aggregates, nb::arg("function"), nb::arg("rows").noconvert(), nb::arg("here").noconvert(),
               nb::arg("groups").noconvert(), nb::arg("profile"), nb::arg("found").noconvert(),
               nb::arg("present").noconvert());
    module.def("transitions", &run, nb::arg("offsets").noconvert(), nb::arg("timestamps").noconvert(),
               nb::arg("values").noconvert(), nb::arg("program"), nb::arg("at").noconvert(), nb::arg("profile"),
               nb::arg("threads"));
}
