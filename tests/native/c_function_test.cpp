// C functions through libffi: every type in and out, and what does not fit.
#include "native/c_loader.hpp"
#include "native_support.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

using namespace prun;
using prun::test::library;

namespace {

class CFunctions {
 public:
  CFunctions() { registry_.add(std::make_unique<native::CLoader>()); }
  std::string call(const std::string& signature, std::string_view json_args) {
    return test::called(registry_, library("c_functions.so") + ":" + signature, json_args);
  }
  std::string problem(const std::string& name) { return test::problem(registry_, name); }
  Registry& registry() { return registry_; }

 private:
  Registry registry_;
};

}  // namespace

TEST_CASE("C functions: integers of every width are passed, and integers that do not fit are refused") {
  CFunctions c;
  struct Width {
    std::string type, least, most, below, above;
  };
  const std::vector<Width> widths{{"int8", "-128", "127", "-129", "128"},
                                  {"uint8", "0", "255", "-1", "256"},
                                  {"int16", "-32768", "32767", "-32769", "32768"},
                                  {"uint16", "0", "65535", "-1", "65536"},
                                  {"int32", "-2147483648", "2147483647", "-2147483649", "2147483648"},
                                  {"uint32", "0", "4294967295", "-1", "4294967296"},
                                  {"int64", "-9223372036854775808", "9223372036854775807", "", "9223372036854775808"},
                                  {"uint64", "0", "18446744073709551615", "-1", ""}};
  for (const Width& w : widths) {
    INFO(w.type);
    const std::string signature = "same_" + w.type + "(" + w.type + "_t v)->" + w.type + "_t";
    const std::string range = " does not fit " + w.type + "_t (" + w.least + " to " + w.most + ")";
    CHECK(c.call(signature, "[" + w.least + "]") == w.least);
    CHECK(c.call(signature, "[" + w.most + "]") == w.most);
    if (!w.below.empty()) CHECK(c.call(signature, "[" + w.below + "]") == "bad_arguments: v = " + w.below + range);
    if (!w.above.empty()) CHECK(c.call(signature, "[" + w.above + "]") == "bad_arguments: v = " + w.above + range);
  }
}

TEST_CASE("C functions: booleans and floating types") {
  CFunctions c;
  CHECK(c.call("negate(bool)->bool", "[true]") == "false");
  CHECK(c.call("negate(bool)->bool", "[false]") == "true");
  CHECK(c.call("halve(float)->float", "[3]") == "1.5");
  CHECK(c.call("halve(float)->float", "[1e300]").starts_with("bad_arguments: arg = 1e+300 does not fit float"));
  CHECK(c.call("halve_double(double)->double", "[1e300]") == "5e+299");
  CHECK(c.call("halve_double(double)->double", "[18446744073709551615]") == "9.223372036854776e+18");
  CHECK(c.call("halve_long_double(long double)->long double", "[5]") == "2.5");
}

TEST_CASE("C functions: strings are copies that end with NUL, and NULL is null") {
  CFunctions c;
  CHECK(c.call("upper(char*)->char*", "[\"abc\"]") == "\"ABC\"");
  CHECK(c.call("upper(char*)->char*", "[\"\"]") == "\"\"");
  CHECK(c.call("join(const char*, const char*)->const char*", R"(["ab","cd"])") == "\"abcd\"");
  CHECK(c.call("join(const char*, const char*)->const char*", "[\"" + std::string(64, 'x') + "\",\"\"]") == "null");
  CHECK(c.call("upper(char* text)->char*", R"(["a\u0000b"])") ==
        "bad_arguments: text has a NUL character, where a char* would end");
}

TEST_CASE("C functions: arguments of all kinds, more than registers hold") {
  CFunctions c;
  CHECK(c.call("mix(char, double, unsigned short, float, unsigned long long, const char*, long double, bool)->double",
               R"([1, 2, 3, 4, 5, "666666", 7, true])") == "17654321.0");
  CHECK(c.call("sum_of_ten(long,long,long,long,long,long,long,long,long,long)->long", "[1,1,1,1,1,1,1,1,1,-1]") ==
        "35");
}

TEST_CASE("C functions: no arguments, no result") {
  CFunctions c;
  CHECK(c.call("nothing()->void", "[]") == "null");
  const int first = std::stoi(c.call("calls()->int", "[]"));
  CHECK(c.call("calls(void) -> int", "[]") == std::to_string(first + 1));  // the same library, whatever the spelling
}

TEST_CASE("C functions: wrong number or kind of arguments") {
  CFunctions c;
  CHECK(c.call("negate(bool)->bool", "[1]").ends_with("(arg: boolean) needs a boolean for arg, got 1"));
  CHECK(c.call("negate(bool)->bool", "[]").ends_with("(arg: boolean) takes 1 argument, got 0"));
  CHECK(c.call("same_int32(int)->int", "[1.5]").ends_with("needs an integer for arg, got 1.5"));
  CHECK(c.call("upper(char*)->char*", "[null]").ends_with("needs a string for arg, got null"));
}

TEST_CASE("C functions: an error says why a function cannot be found or called") {
  CFunctions c;
  const std::string file = library("c_functions.so");
  CHECK(c.problem(file + ":missing(int)->int") == file + " exports no function 'missing'");
  CHECK(c.problem(file + ":a_variable(int)->int") == "'a_variable' of " + file + " is a variable, not a function");
  CHECK(c.problem("libmissing.so.1:f(int)->int").starts_with("libmissing.so.1 cannot be loaded: cannot open shared"));
  CHECK(c.problem(file + ":negate(boolean)->bool").find("'boolean' is not a supported type") != std::string::npos);
}

TEST_CASE("C functions: system libraries are found by name") {
  CFunctions c;
  CHECK(test::called(c.registry(), "libm.so.6:sqrt(double)->double", "[64]") == "8.0");
  CHECK(test::called(c.registry(), "libc.so.6:strlen( const char* ) -> size_t", "[\"four\"]") == "4");
}
