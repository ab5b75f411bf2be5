// The one file of this kernel that knows Python.
#include <bit>
#include <span>
#include <string>

#include "../python.hpp"
#include "windows.hpp"

namespace nb = nanobind;
using namespace emberline::chunks;
using namespace emberline::python;
using emberline::ranges::Profile;

namespace {

template <typename Item>
nb::bytes bytes_of(const std::vector<Item>& items) {
    return nb::bytes(items.data(), items.size() * sizeof(Item));
}

void require_equal(std::size_t left, std::size_t right) {
    if (left != right) throw nb::value_error("arrays of different lengths");
}

nb::bytes encode(const Integers& times, const Floats& values) {
    require_equal(times.shape(0), values.shape(0));
    if (times.shape(0) > most_samples) throw nb::value_error("a chunk holds 65535 samples at most");
    std::vector<std::uint8_t> bytes(header);
    Appender appender;
    for (std::size_t i = 0; i < times.shape(0); ++i) {
        appender.append(bytes, {times.data()[i], std::bit_cast<std::uint64_t>(values.data()[i])});
    }
    return bytes_of(bytes);
}

nb::tuple decode(const nb::bytes& data) {
    const std::span bytes(static_cast<const std::uint8_t*>(data.data()), data.size());
    std::vector<std::int64_t> times;
    std::vector<std::uint64_t> values;
    Fault fault = bytes.size() < header ? Fault::truncated : Fault::none;
    Decoder decoder;
    while (fault == Fault::none && decoder.read() < count_of(bytes)) {
        Sample sample{};
        fault = decoder.next(bytes, sample);
        if (fault != Fault::none) break;
        times.push_back(sample.time);
        values.push_back(sample.bits);
    }
    const std::size_t offset = bytes.size() < header ? 0 : decoder.offset();
    return nb::make_tuple(static_cast<std::uint32_t>(fault), offset, bytes_of(times), bytes_of(values));
}

Column& column_of(History& history, std::int64_t series) {
    Column* const column = series < 0 ? nullptr : history.find(static_cast<std::size_t>(series));
    if (column == nullptr) throw nb::index_error(("there is no series " + std::to_string(series)).c_str());
    return *column;
}

std::vector<Column*> columns_of(History& history, const Integers& series) {
    std::vector<Column*> columns;
    for (const std::int64_t number : span_of(series)) columns.push_back(&column_of(history, number));
    return columns;
}

// How many samples were out of order, and how many duplicates.
nb::tuple append(History& history, const Integers& series, std::int64_t at, const Floats& values) {
    require_equal(series.shape(0), values.shape(0));
    const std::vector<Column*> columns = columns_of(history, series);
    std::size_t late = 0, duplicate = 0;
    {
        const nb::gil_scoped_release release;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Taken taken = history.append(*columns[i], {at, std::bit_cast<std::uint64_t>(values.data()[i])});
            late += taken == Taken::out_of_order;
            duplicate += taken == Taken::duplicate;
        }
    }
    return nb::make_tuple(late, duplicate);
}

std::size_t extend(History& history, std::int64_t series, const Integers& times, const Floats& values) {
    require_equal(times.shape(0), values.shape(0));
    Column& column = column_of(history, series);
    for (std::size_t i = 1; i < times.shape(0); ++i) {
        if (times.data()[i] > times.data()[i - 1]) continue;
        throw nb::value_error(("timestamps must ascend strictly, sample " + std::to_string(i) + " does not").c_str());
    }
    std::size_t late = 0;
    const nb::gil_scoped_release release;
    for (std::size_t i = 0; i < times.shape(0); ++i) {
        late += history.append(column, {times.data()[i], std::bit_cast<std::uint64_t>(values.data()[i])}) != Taken::new_one;
    }
    return late;
}

void count(History& history, const Integers& series) {
    const nb::gil_scoped_release release;
    for (const std::int64_t number : span_of(series)) {
        if (Column* const column = number < 0 ? nullptr : history.find(static_cast<std::size_t>(number))) {
            history.count(*column);
        }
    }
}

void forget(History& history, const Integers& series, std::int64_t before) {
    const std::vector<Column*> columns = columns_of(history, series);
    const nb::gil_scoped_release release;
    for (Column* const column : columns) history.forget(*column, before);
}

nb::tuple read_samples(History& history, std::int64_t series, std::int64_t start, std::int64_t end) {
    const Column& column = column_of(history, series);
    std::vector<std::int64_t> times;
    std::vector<std::uint64_t> values;
    {
        const nb::gil_scoped_release release;
        column.read(start, end, times, values);
    }
    return nb::make_tuple(bytes_of(times), bytes_of(values));
}

nb::object time_or_none(std::optional<std::int64_t> time) { return time ? nb::cast(*time) : nb::none(); }

nb::object oldest(const History& history) { return time_or_none(history.oldest()); }

nb::object first_end(const History& history) { return time_or_none(history.first_end()); }

nb::object last(History& history, std::int64_t series) {
    const auto& sample = column_of(history, series).last();
    if (!sample) return nb::none();
    return nb::make_tuple(sample->time, std::bit_cast<double>(sample->bits));
}

void increase(Windows& windows, const History& history, std::int64_t at, const FloatsOut<2>& raised,
              const FlagsOut<2>& present) {
    for (const std::size_t axis : {0U, 1U}) {
        const std::size_t wanted = axis == 0 ? windows.windows() : windows.series();
        require_equal(raised.shape(axis), wanted);
        require_equal(present.shape(axis), wanted);
    }
    if (at < windows.at()) {
        const std::string way = std::to_string(windows.at()) + " to " + std::to_string(at);
        throw nb::value_error(("windows do not go back, from " + way).c_str());
    }
    const nb::gil_scoped_release release;
    windows.increase(history, at, raised.data(), present.data());
}

void construct(Windows* place, const Integers& series, const Integers& offsets, const Integers& lengths,
               const nb::object& profile) {
    require_equal(offsets.shape(0), lengths.shape(0));
    const Profile exact = profile_of(profile);
    new (place) Windows(span_of(series), span_of(offsets), span_of(lengths), exact);
}

}  // namespace

NB_MODULE(_kernel, module) {
    module.def("encode", &encode, nb::arg("timestamps").noconvert(), nb::arg("values").noconvert());
    module.def("decode", &decode, nb::arg("data"));
    nb::class_<History>(module, "History")
        .def(nb::init<>())
        .def("add", &History::add)
        .def("discard", &History::discard, nb::arg("series"))
        .def("append", &append, nb::arg("series").noconvert(), nb::arg("at"), nb::arg("values").noconvert())
        .def("extend", &extend, nb::arg("series"), nb::arg("timestamps").noconvert(), nb::arg("values").noconvert())
        .def("count", &count, nb::arg("series").noconvert())
        .def("forget", &forget, nb::arg("series").noconvert(), nb::arg("before"))
        .def("read", &read_samples, nb::arg("series"), nb::arg("start"), nb::arg("end"))
        .def("last", &last, nb::arg("series"))
        .def_prop_ro("samples", &History::samples)
        .def_prop_ro("bytes", &History::bytes)
        .def_prop_ro("oldest", &oldest)
        .def_prop_ro("first_end", &first_end);
    nb::class_<Windows>(module, "Windows")
        .def("__init__", &construct, nb::arg("series").noconvert(), nb::arg("offsets").noconvert(),
             nb::arg("lengths").noconvert(), nb::arg("profile"))
        .def("increase", &increase, nb::arg("history"), nb::arg("at"), nb::arg("raised").noconvert(),
             nb::arg("present").noconvert());
}
