#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of a domain's CPUs, threads, NUMA cells and clock when a document is
read: what is completed, put in order or split, and what is refused with which code;
and how long it takes to number as many controllers as there may be."""

import os
import subprocess
import sys
import time

if os.environ.get('VIR_SANITIZERS', 'no') != 'no' and 'LD_PRELOAD' not in os.environ:
    # This interpreter has no sanitizer: its runtime must come first, and leaks of its own are nobody's matter.
    os.environ['LD_PRELOAD'] = subprocess.check_output(['gcc', '-print-file-name=libasan.so'], text=True).strip()
    os.environ['ASAN_OPTIONS'] = 'detect_leaks=0:exitcode=99'
    os.execv(sys.argv[0], sys.argv)
import libvirt

DOMAIN = ("<domain type='test'><name>sections</name><uuid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</uuid>"
          "<memory>1048576</memory><os><type>hvm</type></os>%s</domain>")
CELLS = "<cpu><numa>%s</numa></cpu>"
CELL = "<cell id='%d' memory='512'>%s</cell>"
VCPUS = '<vcpu>3</vcpu><vcpus>%s</vcpus>'
TUNE = '<vcpu>3</vcpu><iothreads>2</iothreads><cputune>%s</cputune>'
IOTHREADS = '<iothreads>%d</iothreads><iothreadids>%s</iothreadids>'
MEMNODE = "<numatune>%s<memnode cellid='%d' mode='strict' nodeset='0'/></numatune>"

# The sections, and lines of the document that follow one another.
BECOMES = [
    (VCPUS % "<vcpu id='1' enabled='yes' order='2'/>",
     ["<vcpu placement='static' current='1'>3</vcpu>", '<vcpus>',
      "<vcpu id='0' enabled='no' hotpluggable='yes'/>", "<vcpu id='1' enabled='yes' hotpluggable='no' order='2'/>",
      "<vcpu id='2' enabled='no' hotpluggable='yes'/>", '</vcpus>']),
    (TUNE % "<vcpusched vcpus='1-2' scheduler='fifo' priority='3'/><vcpusched vcpus='0' scheduler='idle'/>"
     "<vcpupin vcpu='2' cpuset='1'/><vcpupin vcpu='9' cpuset='1'/><vcpupin vcpu='0' cpuset='2'/>"
     "<iothreadsched iothreads='1-2' scheduler='batch'/>",
     ['<cputune>', "<vcpupin vcpu='0' cpuset='2'/>", "<vcpupin vcpu='2' cpuset='1'/>",
      "<vcpusched vcpus='0' scheduler='idle'/>", "<vcpusched vcpus='1' scheduler='fifo' priority='3'/>",
      "<vcpusched vcpus='2' scheduler='fifo' priority='3'/>", "<iothreadsched iothreads='1' scheduler='batch'/>",
      "<iothreadsched iothreads='2' scheduler='batch'/>", '</cputune>']),
    (IOTHREADS % (3, "<iothread id='7'/><iothread id='2'/>"),
     ['<iothreads>3</iothreads>', '<iothreadids>', "<iothread id='7'/>", "<iothread id='2'/>", "<iothread id='1'/>"]),
    (IOTHREADS % (1, "<iothread id='7'/><iothread id='2'/>"), ['<iothreads>2</iothreads>']),
    (CELLS % "<cell memory='1'/><cell memory='2'/>",
     ["<cell id='0' memory='1' unit='KiB'/>", "<cell id='1' memory='2' unit='KiB'/>"]),
    (CELLS % (CELL % (1, '') + CELL % (0, "<distances><sibling id='1' value='20'/></distances>")),
     ["<cell id='0' memory='512' unit='KiB'>", '<distances>', "<sibling id='0' value='10'/>",
      "<sibling id='1' value='20'/>", '</distances>', '</cell>', "<cell id='1' memory='512' unit='KiB'>",
      '<distances>', "<sibling id='0' value='20'/>", "<sibling id='1' value='10'/>"]),
    ("<numatune><memory placement='auto' nodeset='1'/></numatune>",
     ["<vcpu placement='auto'>1</vcpu>", '<numatune>', "<memory mode='strict' placement='auto'/>"]),
    ("<vcpu placement='auto' cpuset='1'>2</vcpu>",
     ["<vcpu placement='auto'>2</vcpu>", '<numatune>', "<memory mode='strict' placement='auto'/>"]),
    ("<clock offset='localtime' adjustment='-0405'/>", ["<clock offset='variable' adjustment='-405' basis='localtime'/>"]),
    ("<clock offset='utc' adjustment='reset'/>", ["<clock offset='utc' adjustment='reset'/>"]),
    ("<clock offset='variable'/>", ["<clock offset='variable' adjustment='0' basis='utc'/>"]),
]
REFUSED = [
    (libvirt.VIR_ERR_XML_ERROR, VCPUS % "<vcpu id='3' enabled='yes'/>"),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, VCPUS % "<vcpu id='1' enabled='no' hotpluggable='no'/>"),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, TUNE % "<vcpusched vcpus='3' scheduler='batch'/>"),
    (libvirt.VIR_ERR_XML_DETAIL, TUNE % "<vcpusched vcpus='1-2' scheduler='batch'/><vcpusched vcpus='2' scheduler='idle'/>"),
    (libvirt.VIR_ERR_INTERNAL_ERROR, TUNE % "<vcpupin vcpu='1' cpuset='1'/><vcpupin vcpu='1' cpuset='1'/>"),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, TUNE % "<iothreadpin iothread='3' cpuset='1'/>"),
    (libvirt.VIR_ERR_XML_ERROR, IOTHREADS % (2, "<iothread id='7'/><iothread id='7'/>")),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, IOTHREADS % (1, "<iothread id='7' thread_pool_min='3'/>")),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "<defaultiothread thread_pool_min='3' thread_pool_max='2'/>"),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (1, ''))),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (0, '') * 2)),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, '<vcpu>3</vcpu>' + CELLS % "<cell cpus='0-1' memory='1'/><cell cpus='1' memory='1'/>"),
    (libvirt.VIR_ERR_INTERNAL_ERROR, CELLS % "<cell cpus='0-1' memory='1'/>"),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (0, "<distances><sibling id='0' value='11'/></distances>"))),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (0, "<distances><sibling id='1' value='20'/></distances>"))),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (0, '') + "<interconnects><latency initiator='0' target='0' "
                                         "type='access' value='5'/></interconnects>")),
    (libvirt.VIR_ERR_XML_ERROR, MEMNODE % ('', 0)),
    (libvirt.VIR_ERR_XML_ERROR, CELLS % (CELL % (0, '')) + MEMNODE % ('', 1)),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, CELLS % (CELL % (0, '')) + MEMNODE % ("<memory placement='auto'/>", 0)),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "<numatune><memory mode='strict'/></numatune>"),
    (libvirt.VIR_ERR_XML_ERROR, "<clock offset='utc' adjustment='soon'/>"),
    (libvirt.VIR_ERR_INTERNAL_ERROR, '<genid>x</genid>'),
    (libvirt.VIR_ERR_XML_DETAIL, "<memoryBacking><hugepages><page size='0'/></hugepages></memoryBacking>"),
    (libvirt.VIR_ERR_INTERNAL_ERROR, "<keywrap><cipher name='aes' state='on'/><cipher name='aes' state='off'/></keywrap>"),
    (libvirt.VIR_ERR_XML_ERROR, "<perf><event name='cmt' enabled='yes'/><event name='cmt' enabled='no'/></perf>"),
    (libvirt.VIR_ERR_XML_ERROR, "<cpu><model vendor_id='a,b=c,d=e,fg'>qemu64</model></cpu>"),
    (libvirt.VIR_ERR_XML_ERROR, "<cpu><model>qemu64</model><maxphysaddr mode='emulate' bits='4294967295'/></cpu>"),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, '<on_poweroff>coredump-destroy</on_poweroff>'),
    (libvirt.VIR_ERR_CONFIG_UNSUPPORTED, '<on_reboot>coredump-restart</on_reboot>'),
]


def becomes(conn, sections, wanted):
    """What is wrong; None: nothing.  What was completed defines the same again."""
    dump = conn.defineXML(DOMAIN % sections).XMLDesc()
    if '\n'.join(wanted) not in '\n'.join(line.strip() for line in dump.split('\n')):
        return 'became\n' + dump
    again = conn.defineXML(dump).XMLDesc()
    return None if again == dump else 'became another one the second time:\n' + again


def refused(conn, sections, code):
    try:
        conn.defineXML(DOMAIN % sections)
    except libvirt.libvirtError as error:
        return None if error.get_error_code() == code else 'refused with %d: %s' % (error.get_error_code(), error)
    return 'accepted'


def seconds_of_controllers(conn):
    began = time.process_time()
    conn.defineXML(DOMAIN % ("<devices>%s</devices>" % ("<controller type='scsi'/>" * 4000)))
    return time.process_time() - began


def main():
    libvirt.registerErrorHandler(lambda context, error: None, None)
    conn = libvirt.open('test:///default')
    failed = 0
    for sections, wanted in BECOMES:
        wrong = becomes(conn, sections, wanted)
        failed += wrong is not None
        if wrong:
            print('%s %s' % (sections, wrong))
    for code, sections in REFUSED:
        wrong = refused(conn, sections, code)
        failed += wrong is not None
        if wrong:
            print('%s %s, not with %d' % (sections, wrong, code))
    ids = {conn.defineXML(DOMAIN % '<genid/>').XMLDesc().split('genid>')[1] for _ in range(2)}
    if len(ids) != 2:
        print('two <genid/> became the same: %s' % ids)
    seconds = seconds_of_controllers(conn)
    if seconds > (2 if os.environ.get('VIR_SANITIZERS', 'no') == 'no' else 10):
        print('%.1f s for 4000 controllers' % seconds)
        failed += 1
    return 1 if failed or len(ids) != 2 else 0


if __name__ == '__main__':
    sys.exit(main())
