#include "event/describe.hpp"

#include "event/printable.hpp"
#include "event/signal_name.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace prun;

TEST_CASE("an exception is described by type and message, and where it was thrown") {
  Failure failure{FailureKind::exception, "std::invalid_argument", "n is negative", "", 0, 0, 7};
  CHECK(describe(failure) == "std::invalid_argument: n is negative");
  failure.where = "solve+0x3c (libmine.so)";
  CHECK(describe(failure) == "std::invalid_argument: n is negative [at solve+0x3c (libmine.so)]");
  CHECK(describe(failure, 3) == "std::invalid_argument: n is negative [at solve+0x3c (libmine.so); attempt 3]");
  failure.where = "fib+0x3c (prun)";  // built in: the message says it all
  CHECK(describe(failure) == "std::invalid_argument: n is negative");
  failure.message.clear();
  failure.where.clear();
  CHECK(describe(failure) == "std::invalid_argument");
  failure.type.clear();
  CHECK(describe(failure) == "an exception of unknown type");
}

TEST_CASE("a failure without a message is described by its other fields") {
  CHECK(describe({FailureKind::lost_signal, "", "", "", SIGSEGV, 0, 7}) ==
        "worker 7 was killed by signal 11 (SIGSEGV)");
  CHECK(describe({FailureKind::lost_signal, "", "", "", SIGKILL, 0, 0}, 2) ==
        "its worker was killed by signal 9 (SIGKILL) [attempt 2]");
  CHECK(describe({FailureKind::lost_exit, "", "", "", 0, 3, 7}) ==
        "worker 7 exited with status 3 instead of returning");
  CHECK(describe({FailureKind::timeout, "TimeoutError", "", "", 0, 0, 7}) == "it exceeded its time limit");
  CHECK(describe({FailureKind::cancelled, "", "withdrawn", "", 0, 0, 0}) == "withdrawn");
}

TEST_CASE("a description is one line of limited length without terminal controls") {
  CHECK(describe({FailureKind::exception, "E", "a\r\n\tb\x1b[31m", "", 0, 0, 7}) == R"(E: a\r\n\tb\x1b[31m)");
  const std::string line = describe({FailureKind::exception, "E", std::string(1'000'000, 'y'), "", 0, 0, 7}, 2);
  CHECK(line.size() < 2100);
  CHECK(line.ends_with("yyy... (1000003 bytes in all) [attempt 2]"));
}

TEST_CASE("printable text keeps UTF-8 and replaces invalid bytes") {
  CHECK(printable("Zoë \xf0\x9f\x99\x82 \\") == "Zoë \xf0\x9f\x99\x82 \\");
  CHECK(printable("a\xff\x62") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(printable("\xc3") == "\xef\xbf\xbd");
  CHECK(printable("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(printable("\xed\xa0\x80").find("\xed") == std::string::npos);
  CHECK(printable(std::string_view("\0\x7f", 2)) == R"(\x00\x7f)");
  CHECK(printable("\xc2\x9b\xe2\x80\xae") == R"(\u009b\u202e)");
}

TEST_CASE("text is cut between characters") {
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("abc", 2) == "ab");
  CHECK(cut_utf8("aë", 2) == "a");
  CHECK(cut_utf8("\xf0\x9f\x99\x82", 3).empty());
  CHECK(cut_utf8("\x80\x80\x80\x80\x80\x80", 5).size() == 5);
}

TEST_CASE("signals have their names") {
  CHECK(signal_name(SIGKILL) == "SIGKILL");
  CHECK(signal_name(SIGABRT) == "SIGABRT");
  CHECK(signal_name(SIGRTMIN) == "SIGRTMIN");
  CHECK(signal_name(SIGRTMIN + 3) == "SIGRTMIN+3");
  CHECK(signal_name(0) == "signal 0");
  CHECK(signal_name(1000) == "signal 1000");
}

TEST_CASE("failure kinds have the names that JSON shows") {
  CHECK(std::string(name_of(FailureKind::exception)) == "exception");
  CHECK(std::string(name_of(FailureKind::lost_signal)) == "lost_signal");
  CHECK(std::string(name_of(FailureKind::lost_exit)) == "lost_exit");
  CHECK(std::string(name_of(FailureKind::bad_arguments)) == "bad_arguments");
  CHECK(std::string(name_of(FailureKind::bad_result)) == "bad_result");
  CHECK(std::string(name_of(FailureKind::timeout)) == "timeout");
  CHECK(std::string(name_of(FailureKind::cancelled)) == "cancelled");
  CHECK(std::string(name_of(FailureKind::worker_start)) == "worker_start");
}
