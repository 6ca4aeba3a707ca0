#!/usr/bin/perl
# SPDX-License-Identifier: LGPL-2.1-or-later
# A Perl program as people write them, with the distribution's unmodified
# Sys::Virt: open, list, look up, define, start, an event, an error.
use strict;
use warnings;
use Sys::Virt;
use Sys::Virt::Event;

my ($uri, $library) = @ARGV;
my @events;

sub check {
    my ($name, $got, $wanted) = @_;
    if ($got ne $wanted) {
        print "not ok - $name: '$got', not '$wanted'\n";
        exit 1;
    }
    print "ok - $name\n";
}

Sys::Virt::Event::register_default();
open(my $maps, "<", "/proc/self/maps") or die;
my %used = map { (split)[-1] => 1 } grep { m{/libvirt\.so\.0} } <$maps>;
check("the library under test is the one that runs", scalar(grep { index($_, $library) < 0 } keys %used), 0);

my $conn = Sys::Virt->new(uri => $uri);
$conn->domain_event_register_any(undef, Sys::Virt::Domain::EVENT_ID_LIFECYCLE, sub {
    my ($c, $dom, $event, $detail) = @_;
    push @events, join(" ", $dom->get_name(), $event, $detail);
});
check("type", $conn->get_type(), "TEST");
check("list", join(" ", map { $_->get_name() } $conn->list_all_domains()), "test");
check("look up by name", $conn->get_domain_by_name("test")->get_id(), 1);
check("look up by id", $conn->get_domain_by_id(1)->get_uuid_string(), "6695eb01-f6a4-8304-79aa-97f2502e193f");

my $dom = $conn->define_domain("<domain type='test'><name>from-perl</name><memory unit='MiB'>8</memory>" .
                               "<os><type>hvm</type></os></domain>");
check("defined", $dom->is_active() ? 1 : 0, 0);
$dom->create();
check("started", $dom->is_active() ? 1 : 0, 1);
check("info", $dom->get_info()->{maxMem}, 8192);

my $end = time + 5;
my $timer = Sys::Virt::Event::add_timeout(20, sub { });
Sys::Virt::Event::run_default() while @events < 2 && time < $end;
Sys::Virt::Event::remove_timeout($timer);
check("events", join(", ", @events), "from-perl 0 0, from-perl 2 0");

eval { $conn->get_domain_by_name("nobody") };
my $error = $@;
check("error is an object", ref($error), "Sys::Virt::Error");
check("error code", $error->code, Sys::Virt::Error::ERR_NO_DOMAIN);
check("error domain", $error->domain, Sys::Virt::Error::FROM_TEST);
check("error message", $error->message =~ /^Domain not found/ ? 1 : 0, 1);
$dom->destroy();
$dom->undefine();
