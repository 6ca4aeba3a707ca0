#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks a connection to the test driver everything that the Python bindings can
ask, and prints every answer or error on a line.  Who compares the output of two
runs compares two clients, or two daemons.  answers.py URI"""

import re
import sys

import libvirt

CONNECTION = [
    'getType', 'getVersion', 'getLibVersion', 'getHostname', 'getInfo', 'getCapabilities', 'getFreeMemory',
    ('getMaxVcpus', None), 'isEncrypted', 'isSecure', 'isAlive', ('getSysinfo', 0), 'getSecurityModel',
    'numOfDomains', 'listDomainsID', 'numOfDefinedDomains', 'listDefinedDomains', 'listAllDomains',
    'numOfNetworks', 'listNetworks', 'numOfDefinedNetworks', 'listDefinedNetworks', 'listAllNetworks',
    'numOfStoragePools', 'listStoragePools', 'numOfDefinedStoragePools', 'listDefinedStoragePools',
    'listAllStoragePools', 'numOfInterfaces', 'listInterfaces', 'numOfDefinedInterfaces',
    'listDefinedInterfaces', 'listAllInterfaces', 'numOfNWFilters', 'listNWFilters', 'listAllNWFilters',
    'listAllNWFilterBindings', 'numOfSecrets', 'listSecrets', 'listAllSecrets', 'listAllDevices',
    ('numOfDevices', None, 0), ('listDevices', None, 0), 'getCPUMap', ('getCellsFreeMemory', 0, 4),
    ('getCPUStats', -1, 0), ('getMemoryStats', -1, 0), ('getMemoryParameters', 0),
    ('setMemoryParameters', {'shm_pages_to_scan': 1}), ('getFreePages', [4, 2048], 0, 2, 0),
    ('allocPages', {4: 1}, 0, 1, 0), ('getCPUModelNames', 'x86_64', 0), ('compareCPU', '<cpu/>', 0),
    ('baselineCPU', ['<cpu><arch>x86_64</arch><model>qemu64</model></cpu>'], 0),
    ('getDomainCapabilities', None, None, None, None, 0), ('getStoragePoolCapabilities', 0),
    ('findStoragePoolSources', 'dir', None, 0), ('domainXMLToNative', 'x', '<domain/>', 0),
    ('getSEVInfo', 0), ('suspendForDuration', 0, 100, 0), ('restore', '/nonexistent'),
    ('saveImageGetXMLDesc', '/nonexistent', 0), ('lookupByID', 1), ('lookupByID', 99),
    ('lookupByName', 'nobody'), ('nodeDeviceLookupByName', 'computer'), ('secretDefineXML', '<secret/>', 0),
    ('nodeDeviceLookupSCSIHostByWWN', '1', '2', 0), ('nwfilterLookupByName', 'x'),
]

DOMAIN = [
    'name', 'UUIDString', 'ID', 'info', ('state', 0), 'maxMemory', 'maxVcpus', 'OSType', ('XMLDesc', 0),
    'autostart', 'isActive', 'isPersistent', 'isUpdated', 'vcpus', ('vcpuPinInfo', 0), ('emulatorPinInfo', 0),
    ('vcpusFlags', 0), 'schedulerType', 'schedulerParameters', ('schedulerParametersFlags', 0),
    ('memoryParameters', 0), ('blkioParameters', 0), ('numaParameters', 0), ('interfaceStats', 'testnet0'),
    ('blockStats', 'vda'), ('blockStatsFlags', 'vda', 0), ('blockInfo', 'vda', 0), 'memoryStats', 'jobInfo',
    ('jobStats', 0), ('getCPUStats', True, 0), ('getCPUStats', False, 0), 'securityLabel', ('hostname', 0),
    ('hasManagedSaveImage', 0), ('diskErrors', 0), ('metadata', 0, None, 0), ('metadata', 2, 'urn:x', 0),
    ('getTime', 0), 'fsInfo', ('interfaceAddresses', 0), ('interfaceAddresses', 1), 'guestVcpus',
    ('perfEvents', 0), ('ioThreadInfo', 0), 'controlInfo', ('messages', 0), ('guestInfo', 0, 0),
    ('launchSecurityInfo', 0), ('authorizedSSHKeysGet', 'root', 0), ('blockJobInfo', 'vda', 0),
    ('blockIoTune', 'vda', 0), ('interfaceParameters', 'testnet0', 0), ('migrateGetMaxSpeed', 0),
    ('migrateGetMaxDowntime', 0), ('snapshotNum', 0), ('snapshotListNames', 0), ('hasCurrentSnapshot', 0),
    ('listAllSnapshots', 0), ('listAllCheckpoints', 0), ('backupGetXMLDesc', 0), ('memoryPeek', 0, 8, 0),
    ('blockPeek', 'vda', 0, 8, 0), ('sendKey', 0, 0, [1, 2], 2, 0), ('fsFreeze', None, 0),
    ('fsThaw', ['/'], 0), ('setUserPassword', 'a', 'b', 0), 'abortJob', ('injectNMI', 0),
    ('save', '/nonexistent/x'), ('detachDevice', '<disk/>'), ('attachDeviceFlags', '<disk/>', 1),
]

# What changes the domain, with a look at what became of it.
CHANGES = [
    'suspend', ('state', 0), 'resume', ('state', 0), ('setMemory', 1 << 20), ('setMaxMemory', 3000000),
    ('setVcpus', 2), ('pinVcpu', 0, (True, False)), ('vcpuPinInfo', 0), ('setAutostart', 1), 'autostart',
    ('setMetadata', 0, 'words', None, None, 0), ('metadata', 0, None, 0), ('rename', 'x', 0),
    ('setSchedulerParameters', {'weight': 50}), 'schedulerParameters',
    ('setBlockIoTune', 'vda', {'total_bytes_sec': 100}, 0), ('blockIoTune', 'vda', 0),
    ('setInterfaceParameters', 'testnet0', {'inbound.average': 10}, 0),
    ('interfaceParameters', 'testnet0', 0), ('reboot', 0), 'shutdown', ('state', 0), 'create', ('state', 0),
    'ID', 'suspend', 'destroy', 'ID', ('createWithFlags', 1), ('state', 0), 'ID', 'resume',
]

NETWORK = ['name', 'UUIDString', ('XMLDesc', 0), 'bridgeName', 'autostart', 'isActive', 'isPersistent',
           'DHCPLeases', 'listAllPorts', ('update', 1, 1, -1, '<a/>', 0), ('setAutostart', 1), 'autostart',
           'destroy', 'isActive', 'create', 'isActive', 'undefine']
POOL = ['name', 'UUIDString', ('XMLDesc', 0), 'info', 'autostart', 'isActive', 'isPersistent', 'numOfVolumes',
        'listVolumes', ('refresh', 0), ('listAllVolumes', 0)]
VOLUME = ['name', 'key', 'path', 'info', ('infoFlags', 0), ('XMLDesc', 0), ('resize', 2000000, 0), ('wipe', 0),
          'storagePoolLookupByVolume', ('delete', 0)]
INTERFACE = ['name', 'MACString', ('XMLDesc', 0), 'isActive', ('destroy', 0), 'isActive', ('create', 0)]
DEVICE = ['name', 'parent', ('XMLDesc', 0), 'numOfCaps', 'listCaps', 'isActive', 'isPersistent', 'autostart']
SNAPSHOT = ['getName', ('isCurrent', 0), ('hasMetadata', 0), ('numChildren', 0), ('listChildrenNames', 0),
            ('listAllChildren', 0)]

# Clocks: processor time, traffic, and the time of snapshots.
CLOCKS = {'info', 'vcpus', 'interfaceStats', 'blockStats', 'getCPUStats', 'getFreeMemory', 'getFreePages'}


def plain(value):
    """Handles by their names."""
    for name in ('name', 'getName', 'UUIDString', 'portdev'):
        if isinstance(getattr(type(value), name, None), type(plain)):
            return '%s %s' % (type(value).__name__, getattr(value, name)())
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(value[k]) for k in sorted(value)}
    return value


def shape(value):
    """For answers that are clocks: what is there, without the figures."""
    if isinstance(value, (list, tuple)):
        return [shape(v) for v in value]
    if isinstance(value, dict):
        return sorted(value)
    return type(value).__name__


def ask(label, function, *args):
    try:
        value = function(*args)
        shown = shape(value) if label.split('.')[1] in CLOCKS else plain(value)
        print(label, args, '=', repr(shown))
        return value
    except libvirt.libvirtError as error:
        print(label, args, '! code %s' % error.get_error_code())
    except (TypeError, AttributeError, NotImplementedError) as error:
        print(label, args, '!', type(error).__name__)
    return None


def ask_all(label, thing, questions):
    if thing is None:
        return
    for question in questions:
        name, args = (question, ()) if isinstance(question, str) else (question[0], question[1:])
        ask('%s.%s' % (label, name), getattr(thing, name), *args)


def second_domain(conn, first):
    """A copy of the domain, through its life, with snapshots."""
    xml = re.sub('<name>.*?</name>', '<name>two</name>', first.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
    xml = re.sub('<uuid>.*?</uuid>', '<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1899</uuid>', xml)
    dom = ask('conn.defineXML', lambda: conn.defineXML(xml))
    if dom is None:
        return
    ask_all('two', dom, ['create', ('XMLDesc', 0)])
    for name in ('one', 'two'):
        ask('two.snapshotCreateXML', dom.snapshotCreateXML,
            '<domainsnapshot><name>%s</name></domainsnapshot>' % name, 0)
    snapshot = ask('two.snapshotLookupByName', dom.snapshotLookupByName, 'one', 0)
    ask_all('snapshot', snapshot, SNAPSHOT)
    ask_all('two', dom, [('snapshotNum', 0), ('snapshotListNames', 0), ('snapshotCurrent', 0)])
    for flags in (0, 1):
        ask('conn.stats', lambda: [(r[0].name(), plain(r[1]))
                                   for r in conn.domainListGetStats([dom, first], flags, 0)])
    ask('conn.allStats', lambda: sorted((r[0].name(), sorted(r[1])) for r in conn.getAllDomainStats(0, 0)))
    ask_all('two', dom, [('destroyFlags', 0), ('undefineFlags', libvirt.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)])
    ask('conn.createXML', lambda: conn.createXML(xml.replace('two', 'three'), 0))


def main(uri):
    libvirt.registerErrorHandler(lambda *ignored: None, None)
    # theirs looks into auth.conf only where somebody might be asked
    kinds = [libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE]
    conn = libvirt.openAuth(uri, [kinds, lambda *ignored: -1, None], 0) if 'authfile=' in uri else libvirt.open(uri)
    ask_all('conn', conn, CONNECTION)
    dom = conn.lookupByName('test')
    ask_all('test', dom, DOMAIN)
    second_domain(conn, dom)
    ask_all('test', dom, CHANGES)
    ask_all('network', ask('conn.networkLookupByName', conn.networkLookupByName, 'default'), NETWORK)
    pool = ask('conn.storagePoolLookupByName', conn.storagePoolLookupByName, 'default-pool')
    ask_all('pool', pool, POOL)
    if pool is not None:
        xml = '<volume><name>v</name><capacity>1000000</capacity><target/></volume>'
        ask_all('volume', ask('pool.createXML', pool.createXML, xml, 0), VOLUME)
    ask_all('interface', ask('conn.interfaceLookupByName', conn.interfaceLookupByName, 'eth1'), INTERFACE)
    for device in ask('conn.listAllDevices', conn.listAllDevices, 0) or []:
        ask_all('device', device, DEVICE)
    conn.close()


if __name__ == '__main__':
    main(sys.argv[1])
