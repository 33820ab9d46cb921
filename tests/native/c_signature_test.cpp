// C functions' names with their types, right ones and wrong ones.
#include "native/c_signature.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace prun::native;

namespace {

/// `library|symbol|type name, ...|type`
std::string parsed(std::string_view text) {
  const auto signature = parse_c_signature(text);
  if (!signature) return signature.error();
  std::string shown = signature->library + '|' + signature->symbol + '|';
  const char* separator = "";
  for (const CParameter& parameter : signature->parameters) {
    shown += std::exchange(separator, ", ") + std::string(name_of(parameter.type)) + ' ' + parameter.name;
  }
  return shown + '|' + name_of(signature->result);
}

std::string type_of(const std::string& type) { return parsed("l.so:f()->" + type).substr(8); }

std::string complaint(const std::string& text) {
  const std::string message = parsed(text);
  REQUIRE(message.starts_with("'" + text + "', column "));
  return message.substr(text.size() + 4);
}

}  // namespace

TEST_CASE("C signature: library, function, parameters, result") {
  CHECK(parsed("libm.so.6:cbrt(double)->double") == "libm.so.6|cbrt|double arg|double");
  CHECK(parsed("./a b/l.so:pow(double, double)->double") == "./a b/l.so|pow|double arg1, double arg2|double");
  CHECK(parsed("l.so:f()->void") == "l.so|f||void");
  CHECK(parsed("l.so:f(void)->int") == "l.so|f||int32_t");
}

TEST_CASE("C signature: spaces are optional") {
  CHECK(parsed(" libm.so.6: cbrt ( double )  ->  double ") == "libm.so.6|cbrt|double arg|double");
  CHECK(parsed("l.so:f( const char * , unsigned  long )->char *") == "l.so|f|char* arg1, uint64_t arg2|char*");
}

TEST_CASE("C signature: parameters may have names") {
  CHECK(parsed("l.so:f(double base, int n)->double") == "l.so|f|double base, int32_t n|double");
  CHECK(parsed("l.so:f(char *text, int)->int") == "l.so|f|char* text, int32_t arg2|int32_t");
  CHECK(parsed("l.so:f(int arg2, int)->int") == "l.so|f|int32_t arg2, int32_t arg2_|int32_t");
}

TEST_CASE("C signature: types by their representation") {
  for (const auto& [name, type] : std::vector<std::pair<std::string, std::string>>{{"char", "int8_t"},
                                                                                   {"signed char", "int8_t"},
                                                                                   {"unsigned char", "uint8_t"},
                                                                                   {"short", "int16_t"},
                                                                                   {"unsigned short int", "uint16_t"},
                                                                                   {"int", "int32_t"},
                                                                                   {"unsigned", "uint32_t"},
                                                                                   {"signed", "int32_t"},
                                                                                   {"long", "int64_t"},
                                                                                   {"unsigned long", "uint64_t"},
                                                                                   {"long long int", "int64_t"},
                                                                                   {"long unsigned long", "uint64_t"},
                                                                                   {"size_t", "uint64_t"},
                                                                                   {"ssize_t", "int64_t"},
                                                                                   {"uint8_t", "uint8_t"},
                                                                                   {"int64_t", "int64_t"},
                                                                                   {"bool", "bool"},
                                                                                   {"_Bool", "bool"},
                                                                                   {"float", "float"},
                                                                                   {"double", "double"},
                                                                                   {"long double", "long double"},
                                                                                   {"char*", "char*"},
                                                                                   {"const char *", "char*"},
                                                                                   {"char const*", "char*"},
                                                                                   {"const char* const", "char*"},
                                                                                   {"const int", "int32_t"},
                                                                                   {"void", "void"}}) {
    INFO(name);
    CHECK(type_of(name) == type);
  }
}

TEST_CASE("C signature: errors name the column") {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"l.so:f(int)", "column 12: expected '->' and the type of the result"},
           {"l.so:f(int)->", "column 14: expected a type; "},
           {"l.so:f(int)->int x", "column 18: unexpected text after the result type"},
           {"l.so:f(int)->int(3)", "column 17: unexpected text after the result type"},
           {"l.so:f(int->int", "column 11: expected ',' or ')' after a type"},
           {"l.so:f(strng)->int", "column 8: 'strng' is not a supported type; known are "},
           {"l.so:f(int, )->int", "column 13: expected a type; "},
           {"l.so:f(int*)->int", "column 8: char* (a string) is the only supported pointer type"},
           {"l.so:f(char**)->int", "column 8: char* (a string) is the only supported pointer type"},
           {"l.so:f(unsigned char*)->int", "column 8: char* (a string) is the only supported pointer type"},
           {"l.so:f(int)->void*", "column 14: char* (a string) is the only supported pointer type"},
           {"l.so:f(unsigned double)->int", "column 8: 'unsigned double' is not a type"},
           {"l.so:f(long long long)->int", "column 8: 'long long long' is not a type"},
           {"l.so:f(int, void)->int", "column 13: a parameter cannot be void"},
           {"l.so:f(void x)->int", "column 8: a parameter cannot be void"},
           {"l.so:f(char*, ...)->int", "column 15: a function with a variable number of arguments cannot be called"},
           {"l.so:f(int a, int a)->int", "column 19: two parameters are named a"},
           {"l.so:(int)->int", "column 6: expected the function's name"},
           {"f(int)->int", "column 1: a C function is named LIBRARY:FUNCTION(TYPES)->TYPE"},
           {":f(int)->int", "column 1: a C function is named LIBRARY:FUNCTION(TYPES)->TYPE"}}) {
    INFO(text);
    CHECK(complaint(text).starts_with(message));
  }
}

TEST_CASE("C signature: at most 32 parameters") {
  std::string text = "l.so:f(int";
  for (int i = 1; i < 32; ++i) text += ",int";
  CHECK(parse_c_signature(text + ")->int")->parameters.size() == 32);
  CHECK(complaint(text + ",int)->int").ends_with("a C function may have at most 32 parameters"));
}

TEST_CASE("C signature: it is distinguished from calls and other names by its form") {
  for (const char* text : {"libm.so.6:cbrt(double)->double", "libm:f()->int", "./l.so:f( ) -> int", "l.so:f(strng)->x",
                           "l.so:f(int)", "l.so:f( const char*"}) {
    CHECK(looks_like_c_signature(text));
  }
  for (const char* text : {"fib(8)", "./mine.so:collatz(27)", "./mine.so:f(\"a->b\")", "mine.so:f", "f()->int", "",
                           "./mine.so:f(1) - >", "a.py:f(int)", "l.so:f()->i\nt"}) {
    INFO(text);
    CHECK_FALSE(looks_like_c_signature(text));
  }
}
