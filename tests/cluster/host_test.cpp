#include "cluster/host.hpp"

#include <doctest/doctest.h>

using namespace prun::cluster;

TEST_CASE("hosts are written with or without a number of workers") {
  const auto hosts = parse_hosts("node1,me@node2:8,4/node3,:,:2");
  REQUIRE(hosts);
  REQUIRE(hosts->size() == 5);
  CHECK((*hosts)[0].name == "node1");
  CHECK((*hosts)[0].workers == 0);
  CHECK((*hosts)[1].name == "me@node2");
  CHECK((*hosts)[1].workers == 8);
  CHECK((*hosts)[2].name == "node3");
  CHECK((*hosts)[2].workers == 4);
  CHECK((*hosts)[3].is_local());
  CHECK((*hosts)[4].is_local());
  CHECK((*hosts)[4].workers == 2);
}

TEST_CASE("a file of hosts has comments and empty lines") {
  CHECK(parse_host_line("").value().empty());
  CHECK(parse_host_line("  # nothing").value().empty());
  CHECK(parse_host_line(" 4/node1  # fast\r").value().at(0).workers == 4);
  CHECK_FALSE(parse_host_line("ssh -p 22 node1"));
  CHECK_FALSE(parse_host_line("node1:x"));
}

TEST_CASE("what names no host is refused") {
  for (const char* text :
       {"", "node1,", "node1:x", "node1:0", "-oProxyCommand=x", "0/node1", "node1:99999", "4/-oProxyCommand=x", "me@-x",
        "@node1", "me@", "::1", "fe80::1", "a b", "a;b", "$(x)", "a\"b"}) {
    CAPTURE(text);
    const auto hosts = parse_hosts(text);
    REQUIRE_FALSE(hosts);
    CHECK(hosts.error().find("; write a") != std::string::npos);  // what the user can do
  }
}

TEST_CASE("addresses of IPv6 stand in brackets") {
  const auto hosts = parse_hosts("[::1],me@[fe80::1]");
  REQUIRE(hosts);
  CHECK((*hosts)[0].name == "[::1]");
  CHECK((*hosts)[1].name == "me@[fe80::1]");
  CHECK(parse_hosts("::1").error().find("in brackets") != std::string::npos);
}

TEST_CASE("a launcher gets the agent as words, or as text for a shell") {
  const std::vector<std::string> agent{"/opt/my prun", "agent"};
  CHECK(launcher_words({"run", "{host}", "{agent}"}, {"n"}, agent) ==
        std::vector<std::string>{"run", "n", "/opt/my prun", "agent"});
  CHECK(launcher_words({"srun", "-c{cpus}", "{agent}"}, {"n", 8, 8}, {"a"}) ==
        std::vector<std::string>{"srun", "-c8", "a"});
  CHECK(launcher_words({"sh", "-c", "exec {agent}"}, {"n"}, agent) ==
        std::vector<std::string>{"sh", "-c", "exec '/opt/my prun' agent"});
  CHECK(launcher_words({"/bin/bash", "-lc", "{agent}"}, {"n"}, agent) ==
        std::vector<std::string>{"/bin/bash", "-lc", "'/opt/my prun' agent"});
  CHECK(launcher_words({"ssh", "-p22", "{host}", "{agent}"}, {"n"}, agent) ==
        std::vector<std::string>{"ssh", "-p22", "n", "'/opt/my prun' agent"});
}
