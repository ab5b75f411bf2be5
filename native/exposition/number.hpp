// Numbers on the wire, read and written.
#pragma once

#include "fault.hpp"

namespace emberline::exposition {

// The longest text `write_number` gives: -1.7976931348623157e+308.
inline constexpr int longest_number = 24;

struct Number {
    double value;
    const char* end;
    Fault fault;
};

// The number that starts here in a `Buffer`, correctly rounded, with `end` behind it. It ends before a
// blank, a tab, a line break or a brace.
Number read_number(const char* at);

// The shortest text that reads back as the same number, in the form of Go's 'g' (see spelling.py); returns its end.
char* write_number(char* out, double value);

}  // namespace emberline::exposition
