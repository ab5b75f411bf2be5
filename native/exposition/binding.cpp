// The one file of this kernel that knows Python.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstring>
#include <span>

#include "columns.hpp"
#include "known.hpp"
#include "render.hpp"

namespace nb = nanobind;
using namespace emberline::exposition;

namespace {

template <typename Row>
nb::bytes column(const std::vector<Row>& rows) {
    return nb::bytes(rows.data(), rows.size() * sizeof(Row));
}

nb::tuple scan_page(const nb::bytes& body, std::uint32_t body_bytes, std::uint32_t lines, std::uint32_t line_bytes,
                    std::uint32_t series, std::uint32_t labels, std::uint32_t dialect) {
    const std::string_view page{body.c_str(), body.size()};
    const Limits limits{body_bytes, lines, line_bytes, series, labels};
    Columns columns;
    Verdict verdict{};
    {
        const nb::gil_scoped_release release;
        verdict = scan(page, static_cast<Format>(dialect), limits, columns);
        if (verdict.fault != Fault::none) columns = {};
    }
    return nb::make_tuple(static_cast<std::uint32_t>(verdict.fault), verdict.offset, column(columns.values),
                          column(columns.timestamps), column(columns.keys), column(columns.families));
}

template <typename Row>
std::span<const Row> rows(const nb::bytes& column) {
    return {static_cast<const Row*>(column.data()), column.size() / sizeof(Row)};
}

nb::object rescan_page(const nb::bytes& body, const nb::bytes& known, const nb::bytes& keys, const nb::bytes& families,
                       std::uint32_t body_bytes, std::uint32_t line_bytes) {
    const std::string_view page{body.c_str(), body.size()};
    const Known before{{known.c_str(), known.size()}, rows<Span>(keys), rows<Family>(families)};
    Columns columns;
    bool same = false;
    {
        const nb::gil_scoped_release release;
        same = rescan(page, before, {body_bytes, 0, line_bytes, 0, 0}, columns);
    }
    if (!same) return nb::none();
    return nb::make_tuple(0u, 0u, column(columns.values), column(columns.timestamps), column(columns.keys),
                          column(columns.families));
}

using Values = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

nb::object render_page(const nb::bytes& text, const nb::bytes& ends, const Values& values) {
    const std::string_view page{text.c_str(), text.size()};
    const std::span numbers{values.data(), values.shape(0)};
    const std::span places{static_cast<const std::uint32_t*>(ends.data()), ends.size() / sizeof(std::uint32_t)};
    if (numbers.size() != places.size() || !are_places(places, page)) {
        throw nb::value_error("ends must be ascending places in the text, one for each value");
    }
    const auto most = static_cast<Py_ssize_t>(longest_page(page.size(), numbers.size()));
    PyObject* written = PyBytes_FromStringAndSize(nullptr, most);
    if (written == nullptr) throw nb::python_error();
    char* start = PyBytes_AS_STRING(written);
    Py_ssize_t size = 0;
    {
        // Nobody else knows the bytes yet.
        const nb::gil_scoped_release release;
        size = render(page, places, numbers, start) - start;
    }
    if (_PyBytes_Resize(&written, size) != 0) throw nb::python_error();
    return nb::steal(written);
}

}  // namespace

NB_MODULE(_kernel, module) {
    module.def("scan", &scan_page, nb::arg("body"), nb::arg("body_bytes"), nb::arg("lines"), nb::arg("line_bytes"),
               nb::arg("series"), nb::arg("labels"), nb::arg("dialect"));
    module.def("rescan", &rescan_page, nb::arg("body"), nb::arg("known"), nb::arg("keys"), nb::arg("families"),
               nb::arg("body_bytes"), nb::arg("line_bytes"));
    module.def("render", &render_page, nb::arg("text"), nb::arg("ends"), nb::arg("values").noconvert());
}
