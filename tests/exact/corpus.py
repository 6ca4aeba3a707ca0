#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents as virt-install prints them: systems of osinfo-db with options of every
kind, the same ones each time.  Its main function runs again and again in this one
process, so that the data base of systems is read once.

    corpus.py URI >documents.json"""

import contextlib
import io
import itertools
import json
import os
import random
import shlex
import shutil
import sys
import tempfile
import uuid

SYSTEMS = ['debian11', 'debian10', 'ubuntu22.04', 'ubuntu18.04', 'fedora36', 'fedora30', 'rhel9.1', 'rhel7.9', 'rhel6.9',
           'centos-stream9', 'opensuse15.4', 'sles12sp5', 'archlinux', 'alpinelinux3.15', 'gentoo', 'win10', 'win11',
           'win2k19', 'win2k8r2', 'win7', 'winxp', 'freebsd13.1', 'openbsd7.0', 'netbsd9.0', 'solaris11', 'macosx10.7',
           'android-x86-8.1', 'cirros0.5.2', 'linux2022', 'generic', 'haikur1beta3', 'silverblue36']

# Options by what they are about; each document has one system and one, sometimes two of them.
OPTIONS = {
    'disk': [
        'none', 'source.file=/x/a.qcow2,driver.type=qcow2', 'source.file=/x/a.img,driver.type=raw,cache=none,io=native,discard=unmap',
        'source.file=/x/a.img,driver.type=raw,bus=scsi,serial=S1', 'source.file=/x/a.img,driver.type=raw,bus=sata,boot_order=1', 'source.file=/x/a.iso,device=cdrom',
        'source.file=/x/a.img,driver.type=raw,device=floppy', 'source.file=/x/a.img,driver.type=raw,bus=usb,removable=on',
        'source.file=/x/a.img,driver.type=raw,readonly=yes,shareable=yes,target.dev=vdf', 'source.dev=/dev/zero,driver.type=raw,driver.cache=writethrough',
        'source.file=/x/a.img,driver.type=raw,driver.detect_zeroes=unmap,driver.discard=unmap,driver.iothread=1 --iothreads 2',
        'source.file=/x/a.qcow2,driver.type=qcow2,iotune.read_bytes_sec=1000000,iotune.write_iops_sec=500',
        'source.file=/x/a.img,driver.type=raw,driver.error_policy=stop,snapshot=external',
        'source.file=/x/a.img,driver.type=raw,target.rotation_rate=7200,bus=scsi --controller type=scsi,model=virtio-scsi,driver.queues=4',
        'source.protocol=nbd,source.host0.name=h,source.host0.port=10809,source.name=e,driver.type=raw',
        'type=network,source.protocol=rbd,source.name=p/i,source.host0.name=h,driver.type=raw',
        'source.file=/x/a.img,driver.type=raw,wwn=5000c50015ea71ad,bus=scsi', 'source.file=/x/a.img,driver.type=raw,geometry.cyls=100,geometry.heads=16,geometry.secs=63',
        'source.file=/x/a.img,driver.type=raw,blockio.logical_block_size=512,blockio.physical_block_size=4096',
        'source.file=/x/a.img,driver.type=raw,source.seclabel0.model=dac,source.seclabel0.relabel=no',
        'source.file=/x/a.img,driver.type=raw,driver.queues=4,driver.packed=on', 'type=block,source.dev=/dev/zero,driver.type=raw,device=lun',
        'source.file=/x/a.img,driver.type=raw,boot.order=1,boot.loadparm=x', 'source.file=/x/a.img,driver.type=raw,transient=yes',
    ],
    'network': [
        'none', 'user', 'network=default', 'bridge=br0,model=e1000', 'network=default,model=virtio,driver.queues=4,driver.name=vhost',
        'network=default,mac=52:54:00:11:22:33,link.state=down', 'bridge=br0,target.dev=tap7,mtu.size=9000',
        'type=direct,source=eth0,source.mode=bridge', 'type=direct,source=eth0,source.mode=vepa,virtualport.type=802.1Qbg,virtualport.parameters.managerid=11,virtualport.parameters.typeid=1193047,virtualport.parameters.typeidversion=2',
        'network=default,filterref.filter=clean-traffic', 'network=default,portgroup=p,boot.order=1', 'user,model=rtl8139,rom.bar=on,rom.file=/x/rom',
        'bridge=ovs0,virtualport.type=openvswitch,virtualport.parameters.profileid=demo', 'type=ethernet,target.dev=tap3,xpath0.set=./script/@path=/etc/qemu-ifup',
        'type=vhostuser,source.type=unix,source.path=/x/sock,source.mode=server,model=virtio', 'network=default,driver.iommu=on,driver.ats=on',
        'network=default,xpath0.set=./bandwidth/inbound/@average=1000,xpath1.set=./bandwidth/outbound/@peak=5000,xpath2.set=./bandwidth/outbound/@average=100',
        'network=default,xpath0.set=./coalesce/rx/frames/@max=7', 'network=default,trustGuestRxFilters=yes,xpath0.set=./vlan/tag/@id=42',
        'type=hostdev,xpath0.set=./@managed=yes,xpath1.set=./source/address/@type=pci,xpath2.set=./source/address/@domain=0,xpath3.set=./source/address/@bus=7,xpath4.set=./source/address/@slot=0,xpath5.set=./source/address/@function=1',
    ],
    'graphics': [
        'none', 'vnc', 'spice', 'vnc,port=5999,listen=0.0.0.0,password=secret', 'spice,listen=none,gl.enable=yes',
        'vnc,listen=socket', 'spice,port=5901,tlsPort=5902,listen=127.0.0.1,image.compression=off,streaming.mode=filter',
        'sdl,xpath0.set=./@display=:0,xpath1.set=./@xauth=/x/.Xauthority', 'egl-headless', 'vnc,listens0.type=network,listens0.network=default',
        'spice,clipboard.copypaste=no,mouse.mode=client,filetransfer.enable=no', 'vnc,keymap=de,websocket=5700,xpath0.set=./@sharePolicy=ignore',
        'vnc --video qxl', 'vnc --video virtio,accel3d=yes', 'spice --video qxl,ram=65536,vram=65536,vgamem=16384 --sound ich9',
        'vnc --video vga,vram=16384,heads=1', 'vnc --video bochs', 'none --serial pty --console pty,target.type=virtio',
    ],
    'cpu': [
        'host-passthrough', 'host-model', 'host-passthrough,cache.mode=passthrough,migratable=off', 'Nehalem,+aes,-vmx,disable=x2apic',
        'Haswell,vendor=Intel,check=partial,match=exact', 'qemu64,model.fallback=allow', 'maximum', 'core2duo,topology.sockets=1,topology.cores=2,topology.threads=2 --vcpus 4',
        'host-model,numa.cell0.id=0,numa.cell0.cpus=0-1,numa.cell0.memory=524288,numa.cell1.id=1,numa.cell1.cpus=2-3,numa.cell1.memory=524288 --vcpus 4',
        'EPYC,optional=svm,forbid=sse4a', 'host-passthrough',
        'Nehalem --vcpus 2,maxvcpus=4,vcpu.placement=static,cpuset=0-1', 'host-passthrough --cputune vcpupin0.vcpu=0,vcpupin0.cpuset=0',
        'host-passthrough --clock offset=localtime,rtc_tickpolicy=catchup,hpet_present=no', 'host-model --features kvm_hidden=on,hyperv_relaxed=on,hyperv_spinlocks=on,hyperv_spinlocks_retries=8191',
        'qemu64 --features apic.eoi=on,pae=on,vmport=off,smm=on,ioapic.driver=qemu,pmu=off',
    ],
    'boot': [
        'hd', 'cdrom,hd,network', 'uefi', 'uefi=off,menu=on,bios.useserial=yes', 'kernel=/x/vmlinuz,initrd=/x/initrd,cmdline="console=ttyS0 root=/dev/vda"',
        'loader=/x/OVMF_CODE.fd,loader.readonly=yes,loader.type=pflash,nvram=/x/VARS.fd', 'menu=on,bootmenu.timeout=3000,rebootTimeout=200',
        'loader=/x/bios.bin,loader.type=rom', 'smbios.mode=host', 'hd,smbios.mode=sysinfo --sysinfo bios.vendor=V,system.manufacturer=M,baseBoard.product=B,chassis.asset=A',
        'firmware=efi,loader.secure=no', 'fd', 'hd --sysinfo oemStrings.entry0=hello,oemStrings.entry1=world', 'hd --events on_poweroff=destroy,on_reboot=destroy,on_crash=preserve',
        'hd --pm suspend_to_mem.enabled=yes,suspend_to_disk.enabled=no', 'uefi --machine pc', 'hd --machine q35', 'hd --machine pc',
    ],
    'tpm': [
        'emulator,model=tpm-crb,version=2.0', 'emulator,model=tpm-tis,version=1.2', '/dev/tpm0', 'default', 'none',
        'backend.type=emulator,backend.persistent_state=yes,backend.encryption.secret=6dd3e4a5-1d76-44ce-961f-f119f5aad935',
    ],
    'memory': [
        '2048,maxmemory=4096', '1024 --memorybacking hugepages=yes,nosharepages=yes,locked=yes', '1024 --memorybacking source.type=memfd,access.mode=shared,allocation.mode=immediate,discard=yes',
        '1024 --memtune hard_limit=2097152,soft_limit=1048576', '1024,hotplugmemorymax=8192,hotplugmemoryslots=4 --cpu qemu64,numa.cell0.cpus=0,numa.cell0.memory=1048576 --memdev dimm,target.size=512,target.node=0',
        '1024 --numatune 0,mode=preferred', '1024 --memballoon virtio,autodeflate=on,stats.period=5', '1024 --memballoon none',
        '1024 --blkiotune weight=200,device0.path=/dev/sda,device0.weight=300', '1024 --resource partition=/machine/x', '1024 --seclabel type=dynamic,model=dac,relabel=yes',
        '1024 --qemu-commandline="-device foo"', '1024 --metadata title=T,description=D', '1024 --iommu model=intel,driver.intremap=on',
    ],
    'hostdev': [
        'type=usb,xpath0.set=./source/vendor/@id=0x1234,xpath1.set=./source/product/@id=0x5678,xpath2.set=./source/@startupPolicy=optional', 'type=usb,xpath0.set=./source/address/@bus=1,xpath1.set=./source/address/@device=3',
        'type=pci,rom.bar=off,xpath0.set=./@managed=yes,xpath1.set=./source/address/@domain=0,xpath2.set=./source/address/@bus=6,xpath3.set=./source/address/@slot=18,xpath4.set=./source/address/@function=5',
        
        'type=mdev,xpath0.set=./@model=vfio-pci,xpath1.set=./source/address/@uuid=c2177883-f1bb-47f0-914d-32a22e3a8804',
    ],
    'other': [
        '--rng /dev/urandom', '--rng type=egd,backend.source.host=h,backend.source.service=80,backend.source.mode=connect', '--rng random,rate.bytes=1234,rate.period=1000',
        '--watchdog i6300esb,action=reset', '--panic default', '--vsock auto_cid=yes', '--filesystem /x,tag', '--filesystem type=mount,driver.type=virtiofs,source.dir=/x,target.dir=t --memorybacking access.mode=shared,source.type=memfd',
        '--smartcard passthrough,type=spicevmc', '--smartcard host', '--redirdev usb,type=tcp,source.host=h,source.service=4000,source.mode=connect', '--sound ac97', '--sound none',
        '--sound ich6,codec0.type=micro', '--audio id=1,type=spice', '--input tablet,bus=usb', '--input mouse,bus=virtio', '--input keyboard,bus=ps2', '--shmem n,xpath0.set=./model/@type=ivshmem-plain,xpath1.set=./size=4,xpath2.set=./size/@unit=M',
        '--controller usb,model=ich9-ehci1', '--controller type=pci,model=pcie-root-port', '--controller virtio-serial,vectors=4,xpath0.set=./@ports=8', '--serial tcp,host=127.0.0.1:2222,mode=bind,protocol=telnet',
        '--serial file,path=/x/log,log.file=/x/l,log.append=on', '--serial unix,path=/x/s,mode=bind', '--serial udp,host=1.2.3.4:111,bind_host=5.6.7.8:222', '--parallel pty', '--channel unix,target.type=virtio,name=org.qemu.guest_agent.0',
        '--channel spicevmc', '--channel pty,target.type=guestfwd,target.address=127.0.0.1,target.port=4600', '--console pty,target.type=virtio', '--launchSecurity sev,policy=3,xpath0.set=./cbitpos=47,xpath1.set=./reducedPhysBits=1 --machine q35 --boot uefi', '--qemu-commandline env=A=b', '--keywrap cipher0.name=aes,cipher0.state=on',
        '--idmap uid.start=0,uid.target=1000,uid.count=10,gid.start=0,gid.target=1000,gid.count=10', 
    ],
}
FLAGS = {'disk': '--disk', 'network': '--network', 'graphics': '--graphics', 'cpu': '--cpu', 'boot': '--boot', 'tpm': '--tpm',
         'memory': '--memory', 'hostdev': '--hostdev', 'other': ''}


def requests():
    """(name, words of a command line): every option once, systems in turn, then each system with two options."""
    dice = random.Random(4)
    options = [(about, text) for about in OPTIONS for text in OPTIONS[about]]
    systems = itertools.cycle(SYSTEMS)
    for i, option in enumerate(options):
        yield 'vi-%03d' % i, next(systems), [option]
    for i, system in enumerate(SYSTEMS * 2):
        two = dice.sample(sorted(OPTIONS), 2)
        yield 'vi-two-%02d' % i, system, [(about, dice.choice(OPTIONS[about])) for about in two]


def command_line(name, system, options):
    """One line, to be split as a shell does; behind the options stands what a machine must have."""
    made = uuid.uuid5(uuid.NAMESPACE_DNS, name)
    mac = ',mac=52:54:00:' + ':'.join('%02x' % byte for byte in made.bytes[:3])
    line = ['--name', name, '--uuid', str(made), '--print-xml', '--osinfo', system, '--check', 'all=off']
    for about, text in options:
        wants_mac = about == 'network' and text != 'none' and 'mac=' not in text
        line.append('%s %s' % (FLAGS[about], text + (mac if wants_mac else '')))
    given = ' '.join(line)
    for flag, text in (('--memory ', '1024'), ('--disk ', 'source.file=/x/a.img,driver.type=raw'),
                       ('--network ', 'user' + mac)):
        if flag not in given:
            line.append(flag + text)
    line.append('--install no_install=yes' if '--boot ' in given else '--import')
    return ' '.join(line)


def printed(virtinstall, conn, line, directory):
    """What it prints; None where it refuses the line.  The files that it names have to be there."""
    out, said = io.StringIO(), io.StringIO()
    sys.argv = ['virt-install'] + shlex.split(line.replace('/x/', directory + '/'))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            virtinstall.main(conn)
    except (SystemExit, Exception) as error:        # pylint: disable=broad-except
        return None, '%s: %s' % (error, said.getvalue().strip().split('\n')[0])
    text = out.getvalue()
    return text[text.index('<domain'):text.index('</domain>') + len('</domain>\n')].replace(directory, '/x'), None


def main():
    sys.path.insert(0, '/usr/share/virt-manager')
    from virtinst import cli, virtinstall
    conn = cli.getConnection(sys.argv[1])
    documents = {}
    directory = tempfile.mkdtemp()
    for name in ('a.img', 'a.qcow2', 'a.iso'):
        open(os.path.join(directory, name), 'w').close()
    for name, system, options in requests():
        line = command_line(name, system, options)
        text, why = printed(virtinstall, conn, line, directory)
        if text is None:
            print('%s: %s: %s' % (name, why, line.split('all=off', 1)[1]), file=sys.stderr)
        else:
            documents[name] = text
    shutil.rmtree(directory)
    json.dump(documents, sys.stdout)


if __name__ == '__main__':
    main()
